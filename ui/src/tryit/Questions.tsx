import { useState } from "react";
import type { TryQuestion, Tryout } from "../api/types";
import { parseDuration } from "../forms/duration";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { Button } from "../shell/Button";
import { Field } from "../shell/Field";
import { Icon } from "../shell/Icon";
import { answerOf, AT_ONCE, DAY, HOUR, LONGEST, shortUrl, timePasses, type Answer } from "./acts";
import { StepName } from "./StepName";
import { texts } from "./texts";

/** The nearest come first; the others are behind a button. */
const FIRST = 4;

interface Props {
  tryout: Tryout;
  timezone: string;
  onAnswer: (answer: Answer) => void;
}

/** "What happens next?" with everything that can. */
export function Questions({ tryout, timezone, onAnswer }: Props) {
  const t = useTexts(texts);
  const { language } = useHost();
  const [open, setOpen] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const { questions, until } = tryout;
  const shown = all ? questions : questions.slice(0, FIRST);
  if (!questions.length && until === null) return <p className="ma-try-quiet">{t("stuck")}</p>;
  return (
    <ul className="ma-try-questions">
      {shown.map((question, index) => (
        <li key={`${question.type} ${question.mail ?? ""} ${question.url ?? ""}`}>
          <Question
            question={question}
            open={open === index}
            onToggle={() => {
              setOpen(open === index ? null : index);
            }}
            onAnswer={onAnswer}
          />
        </li>
      ))}
      {shown.length < questions.length && (
        <li>
          <Button
            small
            look="quiet"
            icon="more"
            onClick={() => {
              setAll(true);
            }}
          >
            {t("more", { n: questions.length - shown.length })}
          </Button>
        </li>
      )}
      {until !== null && (
        <li>
          <button
            type="button"
            className="ma-try-question"
            onClick={() => {
              onAnswer(timePasses(texts.pass));
            }}
          >
            <Icon name="clock" size={16} />
            <span>
              {t("pass")} <small>{t("pass_until", { at: formatMoment(until, language, timezone) })}</small>
            </span>
          </button>
        </li>
      )}
    </ul>
  );
}

interface QuestionProps {
  question: TryQuestion;
  open: boolean;
  onToggle: () => void;
  onAnswer: (answer: Answer) => void;
}

function Question({ question, open, onToggle, onAnswer }: QuestionProps) {
  const t = useTexts(texts);
  const say = useSaid();
  const [url, setUrl] = useState<string | null>(null);
  const [other, setOther] = useState<string | null>(null);
  const address = url ?? question.url;
  const noAddress = address !== null && !address.trim();
  const answer = (after: number) => {
    onAnswer(answerOf(question, after, address?.trim() ?? null));
  };
  const otherMs = other === null ? null : parseDuration(other);
  const later = otherMs === null || otherMs > LONGEST * 1000 ? null : otherMs / 1000;
  const chips: ["at_once" | "after_hour" | "after_day", number][] = [
    ["at_once", AT_ONCE],
    ["after_hour", HOUR],
    ["after_day", DAY],
  ];
  return (
    <>
      <button type="button" className="ma-try-question" aria-expanded={open} onClick={onToggle}>
        <Icon name={open ? "down" : "cursor"} size={16} />
        <span>
          {say(question.title)} {question.mail !== null && <StepName id={question.mail} />}
          {question.url !== null && <small className="ma-try-about">{shortUrl(question.url)}</small>}
        </span>
      </button>
      {open && (
        <div className="ma-try-details">
          {address !== null && (
            <Field label={t("which_page")}>
              {(ids) => (
                <input
                  {...ids}
                  className="ma-input"
                  type="text"
                  inputMode="url"
                  value={address}
                  onChange={(event) => {
                    setUrl(event.currentTarget.value);
                  }}
                />
              )}
            </Field>
          )}
          <div className="ma-try-chips" role="group" aria-label={t("when")}>
            <span>{t("when")}</span>
            {chips.map(([name, after]) => (
              <Button
                key={name}
                small
                disabled={noAddress}
                onClick={() => {
                  answer(after);
                }}
              >
                {t(name)}
              </Button>
            ))}
            <Button
              small
              look="quiet"
              aria-expanded={other !== null}
              onClick={() => {
                setOther(other === null ? t("other_example") : null);
              }}
            >
              {t("other")}
            </Button>
          </div>
          {other !== null && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                if (later !== null && !noAddress) answer(later);
              }}
            >
              <Field
                label={t("when")}
                help={t("other_help")}
                problem={later === null ? t("other_problem") : undefined}
              >
                {(ids) => (
                  <span className="ma-try-other">
                    <input
                      {...ids}
                      className="ma-input"
                      autoFocus
                      value={other}
                      onChange={(event) => {
                        setOther(event.currentTarget.value);
                      }}
                    />
                    <Button type="submit" disabled={later === null || noAddress}>
                      {t("answer")}
                    </Button>
                  </span>
                )}
              </Field>
            </form>
          )}
        </div>
      )}
    </>
  );
}
