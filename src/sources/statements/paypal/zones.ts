/**
 * The zones PayPal prints beside its times. Abbreviations are fixed offsets; one that two countries use is read only where
 * the account's own zone says which of them is meant.
 */
import { isTimeZone } from '../../../domain/time/dates.ts'
import { Temporal } from 'temporal-polyfill'

const OFFSETS: Readonly<Record<string, string>> = {
  PST: '-08:00',
  PDT: '-07:00',
  MST: '-07:00',
  MDT: '-06:00',
  CDT: '-05:00',
  EST: '-05:00',
  EDT: '-04:00',
  AKST: '-09:00',
  AKDT: '-08:00',
  HST: '-10:00',
  BRT: '-03:00',
  GMT: '+00:00',
  UTC: '+00:00',
  Z: '+00:00',
  WET: '+00:00',
  WEST: '+01:00',
  CET: '+01:00',
  CEST: '+02:00',
  MEZ: '+01:00',
  MESZ: '+02:00',
  EET: '+02:00',
  EEST: '+03:00',
  MSK: '+03:00',
  SGT: '+08:00',
  HKT: '+08:00',
  JST: '+09:00',
  KST: '+09:00',
  ACST: '+09:30',
  AEST: '+10:00',
  AEDT: '+11:00',
  NZST: '+12:00',
  NZDT: '+13:00',
}

const SHARED: Readonly<Record<string, readonly string[]>> = {
  IST: ['+05:30', '+01:00', '+02:00'],
  CST: ['-06:00', '+08:00'],
  BST: ['+01:00', '+06:00'],
}

/** An IANA name or an offset; null when it is not known, or known twice. */
export function payPalZone(text: string, accountZone: string): string | null {
  const name = text.trim()
  const upper = name.toUpperCase()
  const offset = OFFSETS[upper] ?? /^(?:GMT|UTC)([+-]\d{2}:\d{2})$/.exec(upper)?.[1]
  if (offset !== undefined) return offset
  const shared = SHARED[upper]
  if (shared !== undefined) return shared.find((each) => offsetsOf(accountZone).has(each)) ?? null
  // Legacy names such as "EST5EDT" are IANA, too; a bare word is not taken for one.
  return /[/+-]/.test(name) && isTimeZone(name) ? name : null
}

const AMERICAN: ReadonlySet<string> = new Set(
  'PST PDT MST MDT CST CDT EST EDT AKST AKDT HST PST8PDT MST7MDT CST6CDT EST5EDT'.split(' '),
)
const AMERICAN_CITIES =
  /^(?:US\/.+|Pacific\/Honolulu|America\/(?:Los_Angeles|Denver|Phoenix|Boise|Chicago|Detroit|New_York|Anchorage|Juneau|Adak|Menominee|(?:Indiana|Kentucky|North_Dakota)\/.+))$/

/** Of the United States; one that another country shares is only where the account's zone does not say the other. */
export function isAmericanZone(text: string, accountZone: string): boolean {
  const zone = text.trim()
  if (AMERICAN_CITIES.test(zone)) return true
  const isOtherCst = zone.toUpperCase() === 'CST' && payPalZone(zone, accountZone) === '+08:00'
  return AMERICAN.has(zone.toUpperCase()) && !isOtherCst
}

/** The offsets a zone has in winter and in summer. */
function offsetsOf(zone: string): ReadonlySet<string> {
  return new Set(
    ['2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z'].map(
      (at) => Temporal.Instant.from(at).toZonedDateTimeISO(zone).offset,
    ),
  )
}
