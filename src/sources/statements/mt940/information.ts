/**
 * The information beside an entry (:86:), in the three ways banks write it: German subfields ("166?00…?20…"), Dutch codes
 * ("/EREF/…/REMI/…"), or plain words. Only what is marked as a reference becomes one.
 */

export interface Information {
  readonly description: string
  readonly counterparty: string
  readonly references: readonly string[]
  /** A batch that was booked as one entry; null when the file names none. */
  readonly group: string | null
}

/** Banks break lines after 65 characters without a blank, and shorter ones where they like. */
const LINE_LENGTH = 65
const SUBFIELD_LENGTH = 27

const STRUCTURED = /^(\d{3})([^\w\s])(?=\d{2})/
const SLASH_CODES = [
  'EREF', 'KREF', 'PREF', 'PMTI', 'PINF', 'TRCD', 'TRTP', 'MARF', 'MREF', 'CSID', 'CRED', 'CNTP', 'BENM', 'ORDP', 'NAME',
  'IBAN', 'BIC', 'REMI', 'RTRN', 'RTRNREF', 'ISDT', 'PURP', 'ULTC', 'ULTD', 'ULTB', 'CDTRREF', 'CDTRREFTP', 'USTD', 'STRD',
  'SVCL', 'ACCW', 'OCMT', 'CHGS', 'EXCH', 'ADDR', 'ID', 'INST', 'BREF', 'SWOD', 'SWOC',
] // prettier-ignore
const SLASH = new RegExp(`(?:^|/)(${SLASH_CODES.join('|')})(?=/)`, 'g')
const PLUS = /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PREF|RREF)\+/g

const REFERENCE_CODES = new Set([
  'EREF',
  'KREF',
  'PREF',
  'PMTI',
  'PINF',
  'MREF',
  'MARF',
  'CDTRREF',
  'RTRNREF',
  'RREF',
  'BREF',
])
const NAME_CODES = new Set(['NAME', 'ULTC', 'ULTD', 'ULTB', 'ABWA', 'ABWE'])
/** The id of a payment file whose payments were booked as one. */
const GROUP_CODES = new Set(['PMTI', 'PINF', 'PREF'])
const TEXT_CODES = new Set(['REMI', 'USTD', 'SVWZ', 'TRTP', 'PURP', 'RTRN'])

export function readInformation(texts: readonly string[]): Information {
  // A bank may set a blank before the code, or a line end after it.
  const whole = texts.join('').trimStart()
  const structured = STRUCTURED.exec(whole)
  if (structured !== null) return fromSubfields(whole, structured[2] ?? '?')
  const text = joinWrapped(texts)
  const tokens = tokensOf(text, SLASH)
  return tokens.length > 0 && text.startsWith('/') ? fromTokens(tokens, '') : plain(text)
}

function plain(text: string): Information {
  return { description: text, counterparty: '', references: [], group: null }
}

function joinWrapped(texts: readonly string[]): string {
  let joined = ''
  let previous = LINE_LENGTH
  for (const text of texts) {
    joined += previous >= LINE_LENGTH ? text : ` ${text.trimStart()}`
    previous = text.length
  }
  return joined.trim()
}

/** ?00 what the bank calls it, ?20-29 and ?60-63 the purpose, ?31 the other account, ?32-33 its name. */
function fromSubfields(text: string, separator: string): Information {
  const subfields = text
    .slice(4)
    .split(separator)
    .map((each) => ({ code: each.slice(0, 2), value: each.slice(2) }))
  const valuesOf = (from: number, to: number): readonly string[] =>
    subfields.filter(({ code }) => Number(code) >= from && Number(code) <= to).map(({ value }) => value)
  const purpose = joinSubfields([...valuesOf(20, 29), ...valuesOf(60, 63)])
  const name = valuesOf(32, 33).join('').trim()
  const booking = valuesOf(0, 0).join(' ').trim()
  const tokens = tokensOf(purpose, PLUS)
  const read = tokens.length > 0 ? fromTokens(tokens, purpose.slice(0, tokens[0]?.start ?? 0)) : plain(purpose)
  return {
    ...read,
    description: [booking, read.description].filter((each) => each !== '').join(' '),
    counterparty: name === '' ? read.counterparty : name,
  }
}

/** A full subfield goes on in the next; a shorter one was ended on purpose. */
function joinSubfields(values: readonly string[]): string {
  let joined = ''
  let previous = SUBFIELD_LENGTH
  for (const value of values) {
    joined += previous >= SUBFIELD_LENGTH ? value : ` ${value.trimStart()}`
    previous = value.length
  }
  return joined.trim()
}

interface Token {
  readonly code: string
  readonly value: string
  readonly start: number
}

function tokensOf(text: string, codes: RegExp): readonly Token[] {
  const starts = [...text.matchAll(codes)]
  return starts.map((match, index) => {
    const end = starts[index + 1]?.index ?? text.length
    const value = text.slice(match.index + match[0].length, end)
    return { code: match[1] ?? '', value: value.replaceAll(/^[\s/]+|[\s/]+$/g, ''), start: match.index }
  })
}

function fromTokens(tokens: readonly Token[], before: string): Information {
  const valuesOf = (codes: ReadonlySet<string>): readonly string[] =>
    tokens.filter(({ code, value }) => codes.has(code) && value !== '').map(({ value }) => value)
  const other = tokens.find(({ code }) => code === 'CNTP')?.value.split('/') ?? []
  const group = tokens.find(({ code }) => GROUP_CODES.has(code))?.value ?? ''
  return {
    description: [before.trim(), ...valuesOf(TEXT_CODES)].filter((each) => each !== '').join(' '),
    // "/CNTP/account/BIC/name/city///"
    counterparty: other[2] ?? valuesOf(NAME_CODES)[0] ?? '',
    references: valuesOf(REFERENCE_CODES).filter((each) => !/^(?:NOTPROVIDED|NONREF|NOT PROVIDED)$/i.test(each)),
    group: group === '' ? null : group,
  }
}
