/** `tieout connect TARGET` and `tieout disconnect TARGET`: a person's consent for an accounting system, and its end. */
import { InvalidArgumentError } from 'commander'
import { statedPrefixes } from '../../config/model.ts'
import { companyText } from '../../connections/choose-company.ts'
import { connectTarget } from '../../connections/connect.ts'
import type { ConsentUi } from '../../connections/consent.ts'
import { disconnectTarget } from '../../connections/disconnect.ts'
import { openVault } from '../../connections/vault.ts'
import { machine } from '../../machine/machine.ts'
import { unknownBooks } from '../../pipeline/delivery/others-in-company.ts'
import { requireWithinReach } from '../../pipeline/delivery/within-reach.ts'
import type { ExitName } from '../exit-codes.ts'
import { printable } from '../output.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import { loginName } from '../person.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { chooseTarget, withVendor } from '../targets.ts'

const CONSENT_MS = 10 * 60_000

interface ConnectOptions {
  readonly browser: boolean
  readonly company?: string
  readonly by: string
}

export function registerConnect(registry: Registry): void {
  const connect = registry.program
    .command('connect')
    .argument('<target>', 'its name in the configuration')
    .description('give tieout access to an accounting system, in a browser')
    .option('--no-browser', 'print the address, and read the one the browser ends on from the terminal')
    .option('--company <id>', 'which company, by its id or its whole name', nonEmpty)
    .option('--by <name>', 'who connects it; kept with the connection', nonEmpty)
  handle<ConnectOptions>(registry, connect, (session, options, [name = '']) =>
    withTargetsInReach(session, (reaching) => runConnect(reaching, options, name)),
  )
  const disconnect = registry.program
    .command('disconnect')
    .argument('<target>', 'its name in the configuration')
    .description("end tieout's access to an accounting system, there and here")
  handle(registry, disconnect, (session, _options, [name = '']) =>
    withTargetsInReach(session, (reaching) => runDisconnect(reaching, name)),
  )
}

async function runConnect(session: Session, options: ConnectOptions, name: string): Promise<ExitName> {
  const config = chooseTarget(session, name)
  requireWithinReach(session.config(), config)
  const { env, signal, ask } = session.io
  const vault = openVault(session.config(), env)
  const prefixes = statedPrefixes(session.config())
  const ui = { ...consentUi(session, options.browser), ask: ask ?? null }
  let unknown: string | null = null
  const company = await withVendor(session, async ({ database, book, ...rest }) => {
    const { kysely } = database
    const look = { kysely, config, book: book.id, label: `${book.name}/${name}`, http: rest.http, signal }
    return connectTarget({
      ...rest,
      kysely,
      book: book.id,
      config,
      vault,
      company: options.company ?? null,
      statedPrefixes: prefixes,
      examine: async (reached, accessToken) => {
        unknown = await unknownBooks({ ...look, companyId: reached.id, company: reached, accessToken, say: ui.say })
      },
      by: options.by,
      ui,
      consentTimeoutMs: CONSENT_MS,
      signal,
    })
  })
  const { id, name: companyName, currency } = company
  const shown = { target: name, type: config.type, company: { id, name: companyName, currency }, otherBooks: unknown }
  session.show(shown, () => [
    `Target ${name} is connected to ${companyText(company)}.`,
    'Its tokens are encrypted with tokenKey; tieout connections shows how long they last.',
    ...(unknown === null ? [] : [unknown]),
  ])
  return unknown === null ? 'ok' : 'findings'
}

/** What is said goes to stderr: with --json, stdout holds the document alone. */
function consentUi({ io }: Session, browser: boolean): ConsentUi {
  return {
    say: (line) => io.stderr.write(`${printable(line)}\n`),
    openBrowser: browser ? (io.openBrowser ?? (() => undefined)) : null,
    paste: io.readLine ?? (async () => ''),
  }
}

async function runDisconnect(session: Session, name: string): Promise<ExitName> {
  const config = chooseTarget(session, name)
  requireWithinReach(session.config(), config)
  const { env, signal } = session.io
  const vault = openVault(session.config(), env)
  const outcome = await withVendor(session, ({ database, ...rest }) =>
    disconnectTarget({ ...rest, kysely: database.kysely, config, vault, sleep: machine().sleep, signal }, loginName()),
  )
  if (outcome.kind === 'never') {
    session.show({ target: name, disconnected: false, revoked: false, says: null }, () => [
      `Target ${name} is not connected.`,
    ])
    return 'ok'
  }
  const { isRevoked, says } = outcome
  session.show({ target: name, disconnected: true, revoked: isRevoked, says }, () => [
    `Target ${name} is disconnected: its tokens are gone from here.`,
    isRevoked ? says : `At the vendor it may still be open: ${says} Remove the app in the company's own settings.`,
  ])
  return isRevoked ? 'ok' : 'findings'
}

function nonEmpty(text: string): string {
  if (text.trim() !== '') return text.trim()
  throw new InvalidArgumentError('Give a text that is not empty.')
}
