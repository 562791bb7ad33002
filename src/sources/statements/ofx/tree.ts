/**
 * OFX of both kinds as one tree: SGML, in which values have no closing tags and may all stand on one line, and XML. The
 * package ofx-data-extractor 1.5.0 was tried: it fails on tags that share a line and drops the zone of DTPOSTED.
 */
import { decodeEntities } from '../xml-entities.ts'
import { shown, unreadable } from '../refusal.ts'

export interface OfxNode {
  readonly tag: string
  readonly line: number
  /** '' for an aggregate, and for a field left empty. */
  readonly value: string
  readonly children: readonly OfxNode[]
}

interface Tag {
  readonly name: string
  readonly line: number
  readonly isClosing: boolean
  /** The text up to the next tag. */
  readonly value: string
}

const TAG = /<(\/?)([A-Za-z][A-Za-z0-9._]*)\s*(\/?)>/g

/** OFX nests a dozen deep; banks leave a few fields empty or unclosed beside. What has more is no statement. */
const MOST_OPEN = 1000
const DEEPEST = 100

/**
 * The <OFX> element. Throws InputError naming the line when a tag has no partner, the file ends early, or tags are nested
 * or left open as no statement has them. Each character is looked at a bounded number of times.
 */
export function parseOfx(fileName: string, text: string): OfxNode {
  const { tags, partners } = pairedTags(fileName, withoutSections(text))
  const root: { children: OfxNode[] } = { children: [] }
  const open: { children: OfxNode[] }[] = [root]
  tags.forEach(({ name, line, isClosing, value }, index) => {
    if (isClosing) {
      if (partners.has(index)) open.pop()
      return
    }
    const node = { tag: name, line, value, children: [] }
    open.at(-1)?.children.push(node)
    if (!partners.has(index)) return
    open.push(node)
    if (open.length > DEEPEST)
      throw unreadable(fileName, `line ${line}`, `its tags are nested more than ${DEEPEST} deep, as no statement's are`)
  })
  const ofx = root.children[0]
  const isClosed = partners.has(0) || tags[1]?.isClosing === true
  if (ofx === undefined || !isClosed)
    throw unreadable(
      fileName,
      `line ${tags.at(-1)?.line ?? 1}`,
      'the file ends before </OFX>',
      'The download was cut off. Download it again.',
    )
  return ofx
}

function* tagsOf(fileName: string, text: string): Generator<Tag, void, undefined> {
  const begin = /<OFX\s*>/i.exec(text)
  if (begin === null) throw unreadable(fileName, null, 'it has no <OFX> element')
  const lineAt = lineCounter(text)
  const tag = new RegExp(TAG)
  tag.lastIndex = begin.index
  let match = tag.exec(text)
  while (match !== null) {
    const next = tag.exec(text)
    yield {
      name: (match[2] ?? '').toUpperCase(),
      line: lineAt(match.index),
      isClosing: match[1] === '/',
      value: decodeEntities(text.slice(match.index + match[0].length, next?.index ?? text.length)).trim(),
    }
    match = next
  }
}

interface PairedTags {
  readonly tags: readonly Tag[]
  /** Places of the tags that open and close an aggregate. */
  readonly partners: ReadonlySet<number>
}

/** An opening tag without a value and without a partner is a field left empty. */
function pairedTags(fileName: string, text: string): PairedTags {
  const tags: Tag[] = []
  const partners = new Set<number>()
  const open = openTags()
  for (const tag of tagsOf(fileName, text)) {
    const before = tags.at(-1)
    const index = tags.push(tag) - 1
    const { name, line, isClosing, value } = tag
    if (!isClosing) {
      if (value === '' && open.push(name, index) > MOST_OPEN)
        throw unreadable(fileName, `line ${line}`, `more than ${MOST_OPEN} of its tags are open here and never closed`)
      continue
    }
    if (value !== '') throw unreadable(fileName, `line ${line}`, `${shown(value)} stands after </${name}>, in no field`)
    if (before !== undefined && !before.isClosing && before.name === name) {
      // The end of a field, which SGML leaves out.
      if (before.value === '') open.pop()
      continue
    }
    const partner = open.closeLast(name)
    if (partner === null) throw unreadable(fileName, `line ${line}`, `</${name}> closes nothing that is open`)
    partners.add(partner).add(index)
  }
  return { tags, partners }
}

interface OpenTags {
  /** How many are open then. */
  readonly push: (name: string, index: number) => number
  readonly pop: () => void
  /** Ends the last of the name and all that were opened after it; its place, or null when none is open. */
  readonly closeLast: (name: string) => number | null
}

/** How many of each name are open is counted, so that looking for one that is not takes no search. */
function openTags(): OpenTags {
  const stack: { readonly name: string; readonly index: number }[] = []
  const counts = new Map<string, number>()
  const pop = (): { readonly name: string; readonly index: number } | undefined => {
    const last = stack.pop()
    if (last !== undefined) counts.set(last.name, (counts.get(last.name) ?? 1) - 1)
    return last
  }
  return {
    push: (name, index) => {
      counts.set(name, (counts.get(name) ?? 0) + 1)
      return stack.push({ name, index })
    },
    pop: () => void pop(),
    closeLast: (name) => {
      if ((counts.get(name) ?? 0) === 0) return null
      for (let last = pop(); last !== undefined; last = pop()) if (last.name === name) return last.index
      return null
    },
  }
}

/** Character data sections as plain text, comments as blanks; lines stay where they are. */
function withoutSections(text: string): string {
  const plain = replaceBetween(text, '<![CDATA[', ']]>', (inner) =>
    inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
  )
  return replaceBetween(plain, '<!--', '-->', (inner) => `    ${inner.replaceAll(/[^\n]/g, ' ')}   `)
}

/** The end of one that is never closed is looked for once. */
function replaceBetween(text: string, begin: string, end: string, make: (inner: string) => string): string {
  const parts: string[] = []
  let done = 0
  for (let at = text.indexOf(begin); at !== -1; at = text.indexOf(begin, done)) {
    const close = text.indexOf(end, at + begin.length)
    if (close === -1) break
    parts.push(text.slice(done, at), make(text.slice(at + begin.length, close)))
    done = close + end.length
  }
  return done === 0 ? text : parts.join('') + text.slice(done)
}

/** Asked with places that only grow. */
function lineCounter(text: string): (at: number) => number {
  let line = 1
  let feed = text.indexOf('\n')
  return (at) => {
    for (; feed !== -1 && feed < at; feed = text.indexOf('\n', feed + 1)) line += 1
    return line
  }
}
