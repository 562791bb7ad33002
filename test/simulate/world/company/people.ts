/** What people type because of a company: access and the mapping, approvals, corrections, exports. */
import type { Act } from '../part.ts'
import { PEOPLE, type CompanyEvent, type CompanyHome } from './plan.ts'
import { held, join, putRight, REFUSED } from './put-right.ts'
import { dayOf } from '../day.ts'
import { lastHold } from './holds.ts'
import { look, type Scene, type TypedLine } from './scene.ts'

const DAY_MS = 86_400_000

type TypedEvent = Extract<CompanyEvent, { readonly kind: 'type' }>

export function* acts(scene: Scene, events: readonly TypedEvent[], throughMs: number, isQuiet: boolean): Iterable<Act> {
  if (isQuiet) scene.quietEvenings += 1
  const isFirst = scene.quietEvenings === 1
  for (const home of scene.plan.homes) {
    yield* join(scene, home, throughMs)
    const mine = events.filter((event) => scene.plan.homes[event.book] === home)
    for (const event of mine) yield* typed(scene, home, event)
    if (isQuiet) yield* putRight(scene, home, throughMs, isFirst)
  }
}

/** People do not always write their own name alike. */
function asWritten(event: TypedEvent): TypedEvent {
  const { what, by, pick } = event
  return LOGGED[what] === undefined || pick % 3 > 0 ? event : { ...event, by: by.charAt(0).toUpperCase() + by.slice(1) }
}

function* typed(scene: Scene, home: CompanyHome, planned: TypedEvent): Iterable<Act> {
  const event = asWritten(planned)
  const argv = argvOf(scene, home, event)
  if (argv === null) return
  const { what, by, atMs, pick } = event
  const { book } = home
  const other = PEOPLE[pick % PEOPLE.length] ?? by
  const retried = what === 'retry' ? argv[argv.indexOf('--retry') + 1] : undefined
  const beside = what === 'approve-both' ? [...argv.slice(0, -1), other] : what === 'deliver-both' ? argv : null
  const logged = LOGGED[what]
  const lines: TypedLine[] = []
  if (logged !== undefined) lines.push({ what: logged, book, by, through: throughOf(event), atMs: scene.nowMs() })
  if (retried !== undefined) lines.push({ what: 'retry', book, by, through: '', atMs: scene.nowMs(), about: retried })
  if (what === 'approve-both')
    lines.push({ what: 'approve', book, by: other, through: throughOf(event), atMs: scene.nowMs() })
  scene.typed.push(...lines)
  scene.signed.push(...lines)
  const begunMs = scene.nowMs()
  const document = argv[2] ?? ''
  const before = what === 'hold-journal' ? lastHold(scene, book, document) : 0
  yield {
    atMs,
    book,
    argv,
    allowed: REFUSED,
    ...(beside === null ? {} : { beside: { argv: beside, afterMs: pick % 4 < 2 ? 0 : (pick % 20) * 50 } }),
  }
  const after = what === 'hold-journal' ? lastHold(scene, book, document) : 0
  if (after > before && scene.nowMs() - begunMs > AT_ONCE_MS) scene.slowHolds.add(`${book} ${document} ${after}`)
}

/** A command that stood still for longer is stamped with when it began, and holds since it ended. */
const AT_ONCE_MS = 1000

const LOGGED: Partial<Readonly<Record<TypedEvent['what'], TypedLine['what']>>> = {
  prepare: 'prepare',
  approve: 'approve',
  'approve-late': 'approve',
  'approve-both': 'approve',
  reverse: 'reverse',
  replace: 'replace',
}

function throughOf({ what, atMs }: TypedEvent): string {
  return dayOf(atMs - (what === 'approve-late' ? 3 : 1) * DAY_MS)
}

/** Null when there is nothing to say it about. */
function argvOf(scene: Scene, { book }: CompanyHome, event: TypedEvent): readonly string[] | null {
  const { what, by, pick } = event
  const { name } = scene.plan
  const signed = ['--by', by, '--why', `as ${by} saw it`]
  const about = (document: string | null, ...argv: readonly string[]): readonly string[] | null =>
    document === null ? null : [...argv, document, ...signed]
  const day = throughOf(event)
  switch (what) {
    case 'prepare':
      return ['journals', 'prepare', '--through', day, '--by', by]
    case 'approve':
    case 'approve-late':
    case 'approve-both':
      return ['journals', 'approve', '--through', day, '--by', by]
    case 'hold-day':
      return ['journals', 'hold', day, ...signed]
    case 'release':
      return about(held(scene, book)[0] ?? null, 'journals', 'release')
    case 'hold-journal':
      return about(journal(scene, book, pick, `status = 'approved'`), 'journals', 'hold')
    case 'reverse':
      // Often one that was taken back before, or that takes another one back.
      return about(
        journal(scene, book, pick, pick % 3 === 0 ? `${REVERSED} or ${LINKED}` : 'true'),
        'journals',
        'reverse',
      )
    case 'replace':
      return about(journal(scene, book, pick, REVERSED), 'journals', 'replace')
    case 'deliver':
    case 'deliver-both':
      return ['deliver', '--target', name]
    case 'retry':
      return about(journal(scene, book, pick, 'true'), 'deliver', '--target', name, '--retry')?.slice(0, -2) ?? null
    case 'drift':
      return ['targets', 'drift', '--target', name, ...(pick % 2 === 0 ? ['--all'] : [])]
    case 'pull':
      return ['mappings', 'pull', '--target', name]
    case 'tie-out':
      return ['targets', 'tie-out', '--target', name]
    case 'disconnect':
      return ['disconnect', name]
  }
}

const REVERSED = `id in (select subject from journal_link where book = journal.book and kind = 'reversal')`
const LINKED = `id in (select journal from journal_link where book = journal.book)`

function journal(scene: Scene, book: string, pick: number, where: string): string | null {
  const rows = look(
    scene,
    `select document from journal where book = (select id from book where name = ?) and (${where}) order by id`,
    book,
  )
  const row = rows[pick % rows.length]
  return row === undefined ? null : String(row['document'])
}
