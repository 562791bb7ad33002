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

/** The <OFX> element. Throws InputError naming the line when a tag has no partner or the file ends early. */
export function parseOfx(fileName: string, text: string): OfxNode {
  const tags = tagsOf(fileName, withoutSections(text))
  const partners = partnersOf(fileName, tags)
  const root: { children: OfxNode[] } = { children: [] }
  const open: { children: OfxNode[] }[] = [root]
  tags.forEach(({ name, line, isClosing, value }, index) => {
    if (isClosing) {
      if (partners.has(index)) open.pop()
      return
    }
    const node = { tag: name, line, value, children: [] }
    open.at(-1)?.children.push(node)
    if (partners.has(index)) open.push(node)
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

function tagsOf(fileName: string, text: string): readonly Tag[] {
  const begin = /<OFX\s*>/i.exec(text)
  if (begin === null) throw unreadable(fileName, null, 'it has no <OFX> element')
  const lineAt = lineCounter(text)
  const matches = [...text.matchAll(TAG)].filter(({ index }) => index >= begin.index)
  return matches.map((match, number) => {
    const end = matches[number + 1]?.index ?? text.length
    return {
      name: (match[2] ?? '').toUpperCase(),
      line: lineAt(match.index),
      isClosing: match[1] === '/',
      value: decodeEntities(text.slice(match.index + match[0].length, end)).trim(),
    }
  })
}

/** Which tags open and close an aggregate. An opening tag without a value and without a partner is a field left empty. */
function partnersOf(fileName: string, tags: readonly Tag[]): ReadonlySet<number> {
  const partners = new Set<number>()
  const open: number[] = []
  tags.forEach(({ name, line, isClosing, value }, index) => {
    if (!isClosing) {
      if (value === '') open.push(index)
      return
    }
    if (value !== '') throw unreadable(fileName, `line ${line}`, `${shown(value)} stands after </${name}>, in no field`)
    const before = tags[index - 1]
    if (before !== undefined && !before.isClosing && before.name === name) {
      // The end of a field, which SGML leaves out.
      if (before.value === '') open.pop()
      return
    }
    const place = open.findLastIndex((each) => tags[each]?.name === name)
    const partner = open[place]
    if (partner === undefined) throw unreadable(fileName, `line ${line}`, `</${name}> closes nothing that is open`)
    open.length = place
    partners.add(partner).add(index)
  })
  return partners
}

/** Character data sections as plain text, comments as blanks; lines stay where they are. */
function withoutSections(text: string): string {
  return text
    .replaceAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_all, inner: string) =>
      inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    )
    .replaceAll(/<!--[\s\S]*?-->/g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
}

/** Asked with places that only grow. */
function lineCounter(text: string): (at: number) => number {
  let line = 1
  let from = 0
  return (at) => {
    for (let feed = text.indexOf('\n', from); feed !== -1 && feed < at; feed = text.indexOf('\n', from)) {
      line += 1
      from = feed + 1
    }
    return line
  }
}
