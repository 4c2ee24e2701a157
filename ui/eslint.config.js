import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules", "src/api/schema.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  a11y.flatConfigs.recommended,
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      "no-restricted-syntax": [
        "error",
        { selector: "Literal[value=/[\\u3040-\\u30ff\\u4e00-\\u9fff]/]", message: "Texts belong into a texts.ts." },
      ],
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true } }],
      "jsx-a11y/no-autofocus": "off", // a dialog's first field takes the focus
    },
  },
  {
    files: ["**/texts.ts", "**/*.test.ts", "**/*.test.tsx", "src/i18n/**"],
    rules: { "no-restricted-syntax": "off" },
  },
  { files: ["src/main.tsx", "*.config.*", "dev/**"], rules: { "no-restricted-exports": "off" } },
);
