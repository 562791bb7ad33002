/** `tieout panel unknown list|resolve`: orders that were sent and whose outcome nobody knows, and a person's word about one. */
import type { Command } from 'commander'
import { InputError } from '../../domain/errors.ts'
import { listAdds, type PanelAdd } from '../../evidence/panel-adds.ts'
import { resolveUnknown } from '../../pipeline/panel-writes/resolve.ts'
import { SOURCE_FLAG, type SourceOption } from '../ask-panel.ts'
import { choosePanel } from '../choose-source.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { orderIds } from '../order-ids.ts'
import { counted } from '../output.ts'
import { askPerson, signed, type PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { addView, UNKNOWN_COLUMNS, unknownCells } from '../views/panel-add.ts'
import { runEnvironment } from './sync.ts'

interface ResolveOptions extends SourceOption, PersonOptions {
  readonly order?: string
  readonly notPlaced?: boolean
  readonly dryRun?: boolean
}

export function registerPanelUnknown(registry: Registry, panel: Command): void {
  const unknown = panel.command('unknown').description('orders sent without a known outcome')
  const list = unknown.command('list').description('what waits for a person, of every panel of the book')
  handle(registry, list, listUnknown)
  const resolve = askPerson(unknown.command('resolve').argument('<ref>', 'as tieout panel unknown list shows it'))
    .description("say what happened, after looking on the panel's site")
    .option(...SOURCE_FLAG)
    .option('--order <id>', 'it was placed, and this is its order id')
    .option('--not-placed', 'it was not placed')
    .option('--dry-run', 'check what was said, and keep nothing')
  handle<ResolveOptions>(registry, resolve, (session, options, [ref = '']) => runResolve(session, options, ref))
}

function listUnknown(session: Session): Promise<ExitName> {
  return readBook(session, async ({ kysely, book, config }) => {
    const ids = await kysely.selectFrom('source').select(['id', 'name']).where('book', '=', book.id).execute()
    const found: { readonly name: string; readonly currency: string; readonly add: PanelAdd }[] = []
    for (const { name, currency, type } of config.sources) {
      const id = ids.find((source) => source.name === name)?.id
      if (type !== 'panel' || id === undefined) continue
      for (const add of await listAdds(kysely, book.id, id)) found.push({ name, currency, add })
    }
    session.show(
      found.map(({ name, currency, add }) => addView(name, currency, add)),
      () =>
        found.length === 0
          ? ['No order is of unknown outcome.']
          : [
              ...session.table(
                UNKNOWN_COLUMNS,
                found.map(({ name, currency, add }) => unknownCells(name, currency, add)),
              ),
              '',
              `${counted(found.length, 'order')} of unknown outcome.`,
            ],
    )
    return found.length === 0 ? 'ok' : 'findings'
  })
}

async function runResolve(session: Session, options: ResolveOptions, ref: string): Promise<ExitName> {
  const { name: source, currency } = choosePanel(session, options.source)
  const { order, notPlaced = false, dryRun = false } = options
  if ((order === undefined) !== notPlaced) {
    throw new InputError(
      'RESOLUTION',
      'Say what happened: exactly one of --order ID and --not-placed.',
      "Look on the panel's site first.",
    )
  }
  const { by, why } = signed(options)
  const orderId = order === undefined ? null : (orderIds([order])[0] ?? null)
  return runDatabase(session, { dryRun }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env, source }
    const add = await resolveUnknown(environment, request, { ref, orderId, by, why })
    session.show({ ...addView(source, currency, add), dryRun }, () => [
      orderId === null
        ? `${source}: order ${ref} is closed as not placed.`
        : `${source}: order ${ref} is order ${orderId} of the panel. The next sync asks about it and books its charge.`,
      ...(dryRun ? ['Dry run: nothing was kept.'] : []),
    ])
    return 'ok'
  })
}
