// Asks promptfoo; see evals_promptfoo.py, which runs this.
import fs from 'node:fs';
const [modules, file] = process.argv.slice(2);
const promptfoo = await import('file://' + modules + '/promptfoo/dist/src/index.js');
const asked = JSON.parse(fs.readFileSync(file, 'utf8'));
const say = (result) => [result.pass, Math.round(result.score * 1e9) / 1e9];
const judge = async (assertion, providerResponse, latencyMs) => {
  try {
    return say(await promptfoo.assertions.runAssertion(
      {assertion: structuredClone(assertion), test: {vars: {}}, providerResponse, latencyMs}));
  } catch (error) { return ['error', String(error.message).slice(0, 200)]; }
};
const run = async (config) => {
  const done = await promptfoo.default.evaluate(
    {prompts: ['{{output}}'], providers: ['echo'], writeLatestResults: false, sharing: false, ...config},
    {cache: false, maxConcurrency: 1});
  const summary = await done.toEvaluateSummary();
  summary.results.sort((a, b) => a.testIdx - b.testIdx);
  return summary.results.map((each) => [each.vars.output, each.success, Math.round(each.score * 1e9) / 1e9]);
};
const both = (list) => list.flatMap((each) => [each, {...each, type: 'not-' + each.type}]);
const table = async (list, answers, of) => {
  const found = [];
  for (const assertion of both(list)) {
    const row = [];
    for (const answer of answers) row.push(await of(assertion, answer));
    found.push(row);
  }
  return found;
};
const texts = await table(asked.assertions, asked.texts, (a, output) => judge(a, {output}, 1));
const limits = await table(asked.limits, asked.times, (a, n) => judge(a, {output: 'x', cost: n}, n));
const calls = await table(asked.call_assertions, asked.calls, (a, output) => judge(a, {output}, 1));
const suites = [];
for (const each of asked.configs) suites.push(await run(each));
fs.writeFileSync(file + '.out', JSON.stringify({texts, limits, calls, suites}));
process.exit(0);
