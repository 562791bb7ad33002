/**
 * An MT940 file as messages of tagged fields, each with its line. SWIFT envelopes, the banks' own header lines and control
 * characters around messages are taken off; what stands outside a message and is none of these is told.
 */

export interface Field {
  /** "20", "60F", "61" … */
  readonly tag: string
  readonly line: number
  /** The first without its tag, then the lines that continue it. */
  readonly texts: readonly string[]
}

export interface Message {
  readonly fields: readonly Field[]
  readonly lastLine: number
}

export interface OutsideLine {
  readonly line: number
  readonly text: string
}

export interface Messages {
  readonly messages: readonly Message[]
  readonly outside: readonly OutsideLine[]
}

/** `:NS:` is no SWIFT tag, but Dutch banks add it for their own notes. */
const TAG = /^:(\d{2}[A-Z]?|NS):(.*)$/
/** "{1:F01…}{2:I940…}{4:" before the text block and "-}{5:…}" after it. */
const ENVELOPE_START = /^\s*(?:\{[123]:(?:[^{}]|\{[^{}]*\})*\}\s*)*\{4:/
const ENVELOPE_HEADER = /^\s*(?:\{[123]:(?:[^{}]|\{[^{}]*\})*\}\s*)+$/
const MESSAGE_END = /^-(?:\}.*)?\s*$/
/** Wrapped information may leave a lone hyphen on a line of its own. */
const LONE_HYPHEN = /^-\s*$/
/** Banks wrap information wherever a line is full, also inside a time: "…T16" and on the next line ":26:37". */
const HOUR_AT_END = /\d{2}$/
const REST_OF_TIME = /^:[0-5]\d:[0-5]\d(?!\d)/

export function splitMessages(text: string): Messages {
  const messages: Message[] = []
  const outside: OutsideLine[] = []
  let fields: { tag: string; line: number; texts: string[] }[] | null = null
  let line = 0
  const close = (): void => {
    if (fields !== null) messages.push({ fields, lastLine: line })
    fields = null
  }
  const contents = text.split('\n').map(withoutEnvelope)
  for (const content of contents) {
    const open = fields?.at(-1)
    const tagged = goesOn(open, content) ? null : TAG.exec(content)
    const isHyphen = open?.tag === '86' && LONE_HYPHEN.test(content) && goesOnAfter(contents, line + 1)
    const isEnd = MESSAGE_END.test(content) && !isHyphen
    if (tagged?.[1] === '20' || isEnd) close()
    line += 1
    if (isEnd) continue
    if (tagged !== null) {
      fields ??= []
      fields.push({ tag: tagged[1] ?? '', line, texts: [tagged[2] ?? ''] })
      continue
    }
    if (open !== undefined) open.texts.push(content)
    else if (content.trim() !== '') outside.push({ line, text: content.trim() })
  }
  close()
  return { messages, outside }
}

function goesOn(open: Field | undefined, content: string): boolean {
  return open?.tag === '86' && REST_OF_TIME.test(content) && HOUR_AT_END.test(open.texts.at(-1) ?? '')
}

/** After the end of a message nothing stands but the next one, which begins with :20:. */
function goesOnAfter(contents: readonly string[], from: number): boolean {
  for (let at = from; at < contents.length; at += 1) {
    const tag = TAG.exec(contents[at] ?? '')?.[1]
    if (tag !== undefined) return tag !== '20'
  }
  return false
}

/** Start and end of transmission are control characters in files that come straight from a line. */
function withoutEnvelope(raw: string): string {
  const plain = raw.replaceAll(/[^\P{Cc}\t]/gu, '').replace(/\s+$/, '')
  if (ENVELOPE_HEADER.test(plain)) return ''
  return plain.replace(ENVELOPE_START, '')
}
