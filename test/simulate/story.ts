/**
 * The few lines of a trace that matter to what was found: what went wrong on purpose, what people typed, and where the
 * objects that the findings name were spoken of, with what was said of them; those around where it was found first.
 */
import { FOUND, type TraceLine } from './kernel/trace.ts'
import type { Finding } from './world/part.ts'

/** Before it was found, and after. */
const LINES_AROUND = 30
const SNIPPET = 90
const OFTEN = 30

/** Ids, documents and days: words with a digit in them, without plain amounts. */
const NAMES = /[A-Za-z0-9_:-]*\d[A-Za-z0-9_:-]*/g
const AMOUNT = /^-?\d+\.\d+$/
const WENT_WRONG = /\((?!slow\))[a-z-]+\)$| is (killed|paused|lost|refused|dead)| finds the | the operator: /
/** What people type; nights and looking things up are not it. */
const TYPED = /^\S+ \d+ tieout (?!.*\b(sync|serve|verify|replay|show|list)\b)/

export function storyOf(lines: readonly TraceLine[], findings: readonly Finding[]): readonly string[] {
  const named = new Set(findings.slice(0, 3).flatMap(({ says }) => namesIn(says)))
  // A source's name is everywhere, and tells nothing.
  const names = [...named].filter((name) => lines.filter(({ detail }) => detail.includes(name)).length <= OFTEN)
  const told = lines.flatMap((line) => {
    if (line.text.includes(FOUND)) return [`${line.text}: ${line.detail}`]
    const snippets = names.flatMap((name) => snippetOf(line.detail, name))
    const isTold = snippets.length > 0 || WENT_WRONG.test(line.text) || TYPED.test(line.text)
    return isTold ? [[line.text, ...new Set(snippets)].join(' | ')] : []
  })
  // What is the same again says nothing new.
  const news = told.filter((line, at) => withoutTime(line) !== withoutTime(told[at - 1] ?? ''))
  const first = Math.max(
    0,
    news.findIndex((line) => line.includes(FOUND)),
  )
  return news.slice(Math.max(0, first - LINES_AROUND), first + LINES_AROUND + 1)
}

function namesIn(says: string): readonly string[] {
  const words = says.replaceAll(/\d+\.\d+/g, ' ').match(NAMES) ?? []
  return words.filter((word) => word.length > 2 && !AMOUNT.test(word))
}

function snippetOf(detail: string, name: string): readonly string[] {
  const at = detail.search(new RegExp(`(?<![\\w-])${name.replaceAll(/[-]/g, '\\-')}(?![\\w-])`))
  return at < 0 ? [] : [detail.slice(at, at + SNIPPET).replaceAll(/\s+/g, ' ')]
}

function withoutTime(line: string): string {
  return line.replace(/^\S+ \d* ?/, '')
}
