/**
 * Whether this Node.js can run the program. Loaded before everything else and by any Node.js since 18, because the
 * database driver crashes an old one without a word.
 */

/** One sentence that says what to do, or undefined when `version` is new enough for `engines` (">=22.19"). */
export function nodeProblem(version: string, engines: string): string | undefined {
  const least = numbers(engines)
  const have = numbers(version)
  for (let index = 0; index < least.length; index += 1) {
    const difference = (have[index] ?? 0) - (least[index] ?? 0)
    if (difference > 0) break
    if (difference < 0) return tooOld(version, least.join('.'))
  }
  return undefined
}

function numbers(text: string): readonly number[] {
  return (text.match(/\d+/g) ?? []).map(Number)
}

function tooOld(version: string, least: string): string {
  return (
    `tieout needs Node.js ${least} or newer and this is ${version}: inside the repository use \`npx tieout\` or ` +
    `\`npm run\`, which bring their own Node.js, or install a newer one from https://nodejs.org.`
  )
}
