/**
 * What makes two prints of a statement line the same line, as a key that several identical lines share. Where a vendor's id
 * is unique it decides together with the amount; else the bank's id with day and amount; else everything the line says.
 */
import { createHash } from 'node:crypto'
import type { StatementFormat, StatementLine } from './statement.ts'

/** Ids of these vendors never repeat, while a transaction's day depends on the zone of the download. */
const UNIQUE_IDS: ReadonlySet<StatementFormat> = new Set(['paypal-csv', 'paypal-json', 'razorpay-csv'])

export interface LineKey {
  readonly identity: string
  /** The file names the line by an id, so its text may be worded otherwise elsewhere. */
  readonly byId: boolean
}

/** Printed balances are no part of it: they are compared where both files print one. */
export function lineKey(format: StatementFormat, line: StatementLine): LineKey {
  const { externalId, date, amount, uncounted } = line
  // What is pending today is another line than what is posted tomorrow.
  const counts = uncounted ?? 'counts'
  if (externalId !== null && externalId.trim() !== '') {
    const day = UNIQUE_IDS.has(format) ? '' : date
    return { identity: keyOf(['id', counts, externalId.trim(), day, amount.toString()]), byId: true }
  }
  const { atMs, type, description, counterparty, references } = line
  const said = [atMs === null ? '' : String(atMs), type, plain(description), plain(counterparty)]
  return {
    identity: keyOf(['said', counts, date, amount.toString(), ...said, ...references.map(plain).toSorted()]),
    byId: false,
  }
}

/** The identity was made from an id of the statement's own. */
export function isById(identity: string): boolean {
  return identity.startsWith('id:')
}

/** Banks pad and capitalise the same text differently from one download to the next. */
function plain(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s+/g, ' ').trim().toLowerCase()
}

function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)
  return `${parts[0]}:${hash}`
}
