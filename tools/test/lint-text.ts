/** Lints texts as if they stood in existing files: argument = JSON [[file, text], …], output = JSON array of arrays of rule ids. */
import { ESLint } from 'eslint'

const cases = JSON.parse(process.argv[2] ?? '[]') as [string, string][]
const eslint = new ESLint()
const findings: string[][] = []
for (const [filePath, text] of cases) {
  const [report] = await eslint.lintText(text, { filePath })
  findings.push((report?.messages ?? []).map((message) => message.ruleId ?? 'fatal'))
}
process.stdout.write(JSON.stringify(findings))
