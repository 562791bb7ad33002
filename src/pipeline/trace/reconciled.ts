/**
 * What reconciliation says about a statement line, a match or an exception: sentences that name what it hangs together
 * with, the objects whose transactions it made, and the landed places it rests on.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../../db/tables.ts'
import { InputError } from '../../domain/errors.ts'
import { formatMoney } from '../../domain/money/money.ts'
import type { Evidence } from '../../domain/transaction.ts'
import type { StoredMatch } from '../../evidence/matches.ts'
import { matchesById } from '../../evidence/read-matches.ts'
import { lineById, type StoredLine } from '../../evidence/statements/lines.ts'
import { sightingsOf } from '../../evidence/statements/sightings.ts'
import { sourceIds, type Book } from '../../ledger/books.ts'
import { exceptionNumbered } from '../../reconcile/exceptions.ts'
import { decisionText, historyOf } from '../../reconcile/exceptions/history.ts'

export interface Reconciled {
  readonly about: readonly string[]
  readonly objects: readonly { readonly source: string; readonly object: string }[]
  readonly places: readonly Evidence[]
}

/** Throws InputError when the book has no such line. */
export async function reconciledLine(db: Kysely<Tables>, book: Book, id: number): Promise<Reconciled> {
  const line = await lineById(db, book.id, id)
  if (line === null) {
    const message = `Book "${book.name}" has no statement line ${id}.`
    throw new InputError('LINE_UNKNOWN', message, 'tieout statements lines shows them.')
  }
  const matches = await matchesById(db, book.id, await matchesHolding(db, book, 'line', id))
  const sightings = await sightingsOf(db, book.id, id)
  const account = await accountName(db, book, line)
  return {
    about: [lineSentence(line, account), ...matches.map(matchSentence)],
    objects: [{ source: account, object: `line:${id}` }],
    places: [...sightings.map(({ evidence }) => evidence), ...matches.flatMap(placesOf)],
  }
}

/** Throws InputError when the book has no such match. */
export async function reconciledMatch(db: Kysely<Tables>, book: Book, id: number): Promise<Reconciled> {
  const [match] = await matchesById(db, book.id, [BigInt(id)])
  if (match === undefined) {
    const message = `Book "${book.name}" has no match ${id}.`
    throw new InputError('MATCH_UNKNOWN', message, 'tieout reconcile list shows them.')
  }
  const parts: Reconciled[] = []
  for (const { side, ref } of match.legs) {
    if (side === 'item') parts.push(await itemOf(db, book, ref))
    else {
      const line = await lineById(db, book.id, Number(ref))
      if (line === null) continue
      const account = await accountName(db, book, line)
      const objects = [{ source: account, object: `line:${ref}` }]
      parts.push({ about: [lineSentence(line, account)], objects, places: [line.evidence] })
    }
  }
  return {
    about: [matchSentence(match), ...parts.flatMap(({ about }) => about)],
    objects: parts.flatMap(({ objects }) => objects),
    places: [...parts.flatMap(({ places }) => places), ...placesOf(match)],
  }
}

/** Throws InputError when the book has no such exception. */
export async function reconciledException(db: Kysely<Tables>, book: Book, number: number): Promise<Reconciled> {
  const found = await exceptionNumbered(db, book.id, number)
  if (found === null) {
    const message = `Book "${book.name}" has no exception E-${number}.`
    throw new InputError('EXCEPTION_UNKNOWN', message, 'tieout todo shows those that are open.')
  }
  const { code, status, source, object, amount, currency, detail, evidence } = found
  const history = await historyOf(db, book.id, number)
  const match = matchOf(object)
  const held = match === null ? null : await reconciledMatch(db, book, match)
  const money = amount === null ? '' : ` ${formatMoney(amount)} ${currency ?? ''}`
  return {
    about: [
      `exception E-${number} ${code}, ${status}:${money} ${source} ${object}: ${detail}`,
      ...history.map(({ atMs, event, by, why, decision }) => {
        const decided = decision === null ? '' : ` ${decisionText(decision)}`
        const who = by === null ? decided : ` by ${by}${why === null ? '' : `: ${why}`}`
        return `  ${new Date(atMs).toISOString()} ${event}${who}`
      }),
      ...(held?.about ?? []),
    ],
    objects: held?.objects ?? [{ source, object }],
    places: [evidence, ...history.flatMap((event) => event.evidence ?? []), ...(held?.places ?? [])],
  }
}

/** The match that an object such as "match:4" names. */
export function matchOf(object: string): number | null {
  const number = /^match:(\d{1,15})$/.exec(object)?.[1]
  return number === undefined ? null : Number(number)
}

/** What is expected on statements, with the matches that settle it. Throws InputError when the book has no such item. */
export async function reconciledItem(db: Kysely<Tables>, book: Book, id: number): Promise<Reconciled> {
  const item = await itemOf(db, book, BigInt(id))
  const matches = await matchesById(db, book.id, await matchesHolding(db, book, 'item', id))
  return {
    about: [...item.about, ...matches.map(matchSentence)],
    objects: item.objects,
    places: [...item.places, ...matches.flatMap(placesOf)],
  }
}

async function itemOf(db: Kysely<Tables>, book: Book, id: bigint): Promise<Reconciled> {
  const item = await db
    .selectFrom('open_item')
    .selectAll()
    .where('book', '=', book.id)
    .where('id', '=', id)
    .executeTakeFirst()
  if (item === undefined) {
    const message = `Book "${book.name}" has no expected payment item:${id}.`
    throw new InputError('ITEM_UNKNOWN', message, 'tieout reconcile list --items shows those that are open.')
  }
  const { kind, source, object, amount, currency, evidence_batch, evidence_item } = item
  return {
    about: [`item ${id}: ${kind} of ${source}, ${object}, ${formatMoney(amount)} ${currency}`],
    objects: [{ source, object }],
    places: [{ batch: Number(evidence_batch), item: Number(evidence_item) }],
  }
}

async function matchesHolding(
  db: Kysely<Tables>,
  book: Book,
  side: 'line' | 'item',
  ref: number,
): Promise<readonly bigint[]> {
  const rows = await db
    .selectFrom('match_leg')
    .select('match')
    .where('book', '=', book.id)
    .where('side', '=', side)
    .where('ref', '=', BigInt(ref))
    .orderBy('match')
    .execute()
  return rows.map(({ match }) => match)
}

async function accountName(db: Kysely<Tables>, book: Book, { account }: StoredLine): Promise<string> {
  const names = await sourceIds(db, book)
  return [...names].find(([, id]) => id === account)?.[0] ?? ''
}

function lineSentence(line: StoredLine, account: string): string {
  const { id, date, amount, currency, counterparty, description, uncounted, disposition } = line
  const text = [counterparty, description].filter((each) => each !== '').join(', ')
  const state = uncounted === null ? disposition : `moved no money: ${uncounted}`
  return `line ${id} of ${account}: ${date}, ${formatMoney(amount)} ${currency}, ${text} (${state})`
}

function matchSentence({ id, step, status, legs, reason, human, undone }: StoredMatch): string {
  const held = legs.map(({ side, ref, amount }) => `${side}:${ref} ${formatMoney(amount)}`).join(', ')
  const who = human === null ? '' : sentence(`Said by ${human.by}: ${human.why}`)
  return `match ${id}, ${step}, ${status}: ${held}.${sentence(reason)}${who}${undoneSentence(undone)}`
}

function undoneSentence(undone: StoredMatch['undone']): string {
  if (undone === null) return ''
  const { by, why } = undone
  return by === undefined ? ' Undone by a later reconciliation.' : sentence(`Undone by ${by}: ${why ?? ''}`)
}

/** To follow another; what people write ends with a full stop or does not. */
function sentence(text: string): string {
  const trimmed = text.trim()
  return trimmed === '' ? '' : ` ${trimmed}${/[.!?]$/.test(trimmed) ? '' : '.'}`
}

function placesOf({ place, undone }: StoredMatch): readonly Evidence[] {
  return undone === null ? [place] : [place, undone.place]
}
