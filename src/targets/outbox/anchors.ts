/**
 * Holds entries of this book against its database: the memo of each says where ledger and log stood before its journal
 * was sealed, and what their hashes were. Whoever writes the database anew, with every hash right, cannot change what
 * the accounting system holds.
 */
import { hashAt, parseHead, type NotedHead } from '../../journals/heads.ts'
import { markOf } from '../book-mark.ts'
import { isThere } from '../compare-entries.ts'
import type { RemoteEntry, TargetEntry } from '../entry.ts'
import { lastRecord, restoredText } from './delivery-records.ts'
import type { EntryRow } from './row.ts'
import type { Work } from './work.ts'

export interface Anchors {
  /** A sentence for each entry that says otherwise than the database. */
  readonly misfits: readonly string[]
  /** The same of entries that the log says were adopted after a backup was restored: they name what the restore has lost. */
  readonly restored: readonly string[]
}

const HEADS = /, heads ([^,]+)(?=, |$)/g

/** The heads an entry carries, the last ones when a person wrote more behind them; none when it carries none. */
export function anchorsOf({ memo }: Pick<TargetEntry, 'memo'>): readonly NotedHead[] {
  const text = [...memo.matchAll(HEADS)].at(-1)?.[1] ?? ''
  return text.split(' ').flatMap((head) => parseHead(head) ?? [])
}

/** `listed` is everything the target holds. Entries of other books, and what counts there no more, are passed over. */
export async function checkAnchors(
  work: Work,
  listed: readonly RemoteEntry[],
  rows: readonly EntryRow[],
): Promise<Anchors> {
  const ours = listed.filter((each) => isThere(each) && markOf(each) === work.lastingId)
  const here = createReader(work)
  const byRemoteId = new Map(rows.map((row) => [row.remoteId, row]))
  const misfits: string[] = []
  const restored: string[] = []
  for (const remote of ours) {
    const wrong: string[] = []
    for (const head of anchorsOf(remote)) {
      const found = await here(head)
      if (found?.startsWith(head.hash) !== true) wrong.push(differenceText(head, found))
    }
    if (wrong.length === 0) continue
    const sentence = `${remote.document || 'An entry'} (id ${remote.remoteId}) says that ${wrong.join(', and that ')}`
    const row = byRemoteId.get(remote.remoteId)
    if (row !== undefined && (await wasRestored(work, row)))
      restored.push(`${sentence}. It was adopted as one from before a backup was restored.`)
    else misfits.push(`${sentence}: the books were written anew since, or this is another copy of them.`)
  }
  return { misfits, restored }
}

/** Journals of one approval share a head of the ledger, and the parts of one journal share both. */
function createReader({ kysely, book }: Work): (head: NotedHead) => Promise<string | null> {
  const read = new Map<string, Promise<string | null>>()
  return (head) => {
    const place = placeText(head)
    const found = read.get(place) ?? hashAt(kysely, book, head)
    read.set(place, found)
    return found
  }
}

function placeText(head: NotedHead): string {
  return head.of === 'ledger' ? `transaction ${head.sequence}` : `log record ${head.batch}.${head.item}`
}

function differenceText(head: NotedHead, found: string | null): string {
  const is = found === null ? 'is not there (yet)' : `has ${found.slice(0, head.hash.length)}`
  return `${placeText(head)} had the hash ${head.hash}, and here it ${is}`
}

/** By the log, where nobody can put it afterwards without moving its head. */
async function wasRestored({ kysely }: Work, row: EntryRow): Promise<boolean> {
  const said = await lastRecord(kysely, row)
  return said?.what === 'answered' && said.to === 'delivered' && said.message === restoredText(row.remoteId ?? '')
}
