/** `tieout explain NAME` of an ad network: the readings of its counter, and what each comes to. They are answered as items. */
import type { PayelancerConfig } from '../../config/model.ts'
import { sourceIds } from '../../ledger/books.ts'
import { foldCounter, type Judged } from '../../payelancer/rules/counter.ts'
import { loadCounter } from '../../payelancer/store/counter-facts.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook } from '../open-book.ts'
import { counted } from '../output.ts'
import type { Session } from '../session.ts'
import { READING_COLUMNS, readingRow, readingView } from '../views/counters.ts'

/** So many are listed in text. */
const SHOWN = 50

export async function explainCounter(session: Session, network: PayelancerConfig): Promise<ExitName> {
  return readBook(session, async ({ kysely, book }) => {
    const id = (await sourceIds(kysely, book)).get(network.name)
    const mode = network.role === 'publisher' ? (network.counterMode ?? null) : 'lifetime'
    const judged: readonly Judged[] =
      id === undefined ? [] : foldCounter(await loadCounter(kysely, { book: book.id, source: id }, mode)).judged
    const found = judged.map((each) => ({ source: network.name, judged: each })).toReversed()
    session.show(found.map(readingView), () => [
      ...session.table(READING_COLUMNS, found.slice(0, SHOWN).map(readingRow)),
      '',
      `${counted(found.length, 'reading')}, the newest first${found.length > SHOWN ? '; --json has all' : ''}.`,
      ...(judged.some(isWaiting) ? ['Answer the held one: tieout todo --code COUNTER_HELD'] : []),
    ])
    return 'ok'
  })
}

function isWaiting({ status }: Judged): boolean {
  return status === 'held' || status === 'waits'
}
