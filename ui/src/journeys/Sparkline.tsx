import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { texts } from "./texts";

const HEIGHT = 28;
const BAR = 5;
const GAP = 2;

/** People who entered, a bar a day; with the same in words. */
export function Sparkline(props: { days: number[] }) {
  const t = useTexts(texts);
  const { language } = useHost();
  const { days } = props;
  const most = Math.max(0, ...days);
  const total = days.reduce((sum, number) => sum + number, 0);
  const values = { total, most, today: days.at(-1) ?? 0 };
  const said = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, formatNumber(value, language)]));
  const title = total ? t("spark", said) : t("spark_none");
  const width = days.length * (BAR + GAP) - GAP;
  return (
    <svg className="ma-spark" width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={title}>
      <title>{title}</title>
      {days.map((number, index) => {
        const height = number ? Math.max(3, (number / most) * HEIGHT) : 1;
        return (
          <rect
            key={index}
            className={number ? "" : "ma-spark-none"}
            x={index * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
