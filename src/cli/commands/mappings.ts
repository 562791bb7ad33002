/**
 * `tieout mappings`: what each accounting system has for accounts, whether the mapping covers every account of the books,
 * and which version of it a person accepted. Nothing is delivered before all three are so.
 */
import { loadMappings } from '../../config/mappings.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { InputError } from '../../domain/errors.ts'
import { withTarget } from '../../pipeline/delivery/target-client.ts'
import { saveCompany } from '../../targets/mapping/company-store.ts'
import { mappingState, type MappingState } from '../../targets/mapping/readiness.ts'
import { acceptMapping, mappingVersions } from '../../targets/mapping/versions.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, writeBook, type OpenBook } from '../open-book.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { chooseTarget } from '../targets.ts'
import {
  acceptLines,
  acceptView,
  checkLines,
  checkView,
  historyLines,
  historyView,
  pullLines,
  pullView,
  showLines,
  showView,
  type Accepted,
  type Checked,
  type History,
  type Pulled,
} from '../views/mappings.ts'

interface TargetOptions {
  readonly target?: string
  readonly by?: string
}

export function registerMappings(registry: Registry): void {
  const mappings = registry.program
    .command('mappings')
    .description('where ledger accounts go in the accounting systems, and whether that is right')
  const add = (name: string, description: string) =>
    mappings.command(name).description(description).option('--target <name>', 'only this target')
  const pull = add('pull', 'ask for companies, accounts, tax rates and dimensions, and keep the answers')
  pull.option('--by <name>', 'who asks, kept with the answer; default the user running this')
  handle<TargetOptions>(registry, pull, (session, options) =>
    withTargetsInReach(session, (reaching) => runPull(reaching, options)),
  )
  const check = add('check', 'prove that every account leads to one that may be posted to; propose what is missing')
  handle<TargetOptions>(registry, check, (session, options) =>
    readBook(session, (open) => runCheck(session, open, options)),
  )
  const show = add('show', 'every account and where it goes')
  handle<TargetOptions>(registry, show, (session, options) =>
    readBook(session, (open) => runShow(session, open, options)),
  )
  const accept = add('accept', 'accept the mapping as its files say it now').option(
    '--by <name>',
    'who accepts it, kept with the version; default the user running this',
  )
  handle<TargetOptions>(registry, accept, (session, options) =>
    writeBook(session, (open) => runAccept(session, open, options), 'tieout mappings history'),
  )
  const history = add('history', 'the versions that were accepted: who, when, and what changed')
  handle<TargetOptions>(registry, history, (session, options) =>
    readBook(session, (open) => runHistory(session, open, options)),
  )
}

async function runPull(session: Session, options: TargetOptions): Promise<ExitName> {
  const targets = targetsOf(session, options)
  const by = nameOf(options.by ?? '')
  return writeBook(session, async ({ database, kysely, book }) => {
    const environment = { config: session.config(), database, book, env: session.io.env, signal: session.io.signal }
    const pulled: Pulled[] = []
    for (const target of targets) {
      const answer = await withTarget(environment, target, (client) => client.pull())
      if (answer.kind !== 'ok') {
        pulled.push({ target, trouble: answer })
        continue
      }
      const key = { book: book.id, target: target.name }
      const pull = { by, nowMs: session.clock.nowMs() }
      const { isChanged } = await kysely.transaction().execute((trx) => saveCompany(trx, key, answer.value, pull))
      pulled.push({ target, trouble: null, company: answer.value, isChanged })
    }
    session.show({ targets: pulled.map(pullView) }, () => pulled.flatMap(pullLines))
    return pulled.every(({ trouble }) => trouble === null) ? 'ok' : 'findings'
  })
}

async function runCheck(session: Session, open: OpenBook, options: TargetOptions): Promise<ExitName> {
  const checked = await statesOf(session, open, options)
  session.show({ targets: checked.map(checkView) }, () => checked.flatMap(checkLines))
  return checked.every(({ state }) => state.hindrance === null) ? 'ok' : 'findings'
}

async function runShow(session: Session, open: OpenBook, options: TargetOptions): Promise<ExitName> {
  const checked = await statesOf(session, open, options)
  session.show({ targets: checked.map(showView) }, () => checked.flatMap((each) => showLines(session, each)))
  return 'ok'
}

async function runAccept(session: Session, open: OpenBook, options: TargetOptions): Promise<ExitName> {
  const by = nameOf(options.by ?? '')
  const accepted: Accepted[] = []
  for (const { target, state } of await statesOf(session, open, options)) {
    const key = { book: open.book.id, target: target.name }
    const nowMs = session.clock.nowMs()
    const version = await open.kysely
      .transaction()
      .execute((trx) => acceptMapping(trx, key, state.lines, { by, nowMs }))
    const [{ state: after } = { state }] = await statesOf(session, open, { target: target.name })
    accepted.push({ target, version, hindrance: after.hindrance })
  }
  session.show({ targets: accepted.map(acceptView) }, () => accepted.flatMap(acceptLines))
  return 'ok'
}

async function runHistory(session: Session, { kysely, book }: OpenBook, options: TargetOptions): Promise<ExitName> {
  const found: History[] = []
  for (const target of targetsOf(session, options)) {
    found.push({ target, versions: await mappingVersions(kysely, { book: book.id, target: target.name }) })
  }
  session.show({ targets: found.map(historyView) }, () => found.flatMap(historyLines))
  return 'ok'
}

async function statesOf(
  session: Session,
  { kysely, book, config }: OpenBook,
  options: TargetOptions,
): Promise<readonly Checked[]> {
  const mappings = loadMappings(session.config().mappings)
  const found: { readonly target: TargetConfig; readonly state: MappingState }[] = []
  for (const target of targetsOf(session, options)) {
    found.push({ target, state: await mappingState(kysely, { book: book.id, config, target, mappings }) })
  }
  return found
}

function targetsOf(session: Session, { target }: TargetOptions): readonly TargetConfig[] {
  if (target !== undefined) return [chooseTarget(session, target)]
  const { name, targets } = session.book()
  if (targets.length > 0) return targets
  throw new InputError('TARGETS_NONE', `Book ${name} has no targets.`, 'Add one under targets in the configuration.')
}

function nameOf(text: string): string {
  const name = text.trim()
  if (name !== '') return name
  throw new InputError('NAME_NEEDED', 'A person has a name.', 'Give it with --by NAME.')
}
