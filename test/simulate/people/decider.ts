/**
 * A person who knows the documented commands and ends whatever waits for one: what a part of the world knows the truth
 * about it answers, and the rest by the ways that the program itself offers. What is left open then has no way out.
 */
import type { CommandEnd } from '../kernel/computer.ts'
import type { Books, OpenException } from '../oracles/books.ts'
import type { Finding, Part } from '../world/part.ts'

export interface Desk {
  readonly parts: readonly Part[]
  /** Whether the book wants two people for what posts more than a little. */
  readonly isOfTwo: boolean
  readonly books: () => Books
  /** Types a command, again if it is killed. */
  readonly type: (argv: readonly string[]) => Promise<CommandEnd>
}

interface Dossier {
  readonly code: string
  readonly severity: string | null
  readonly resolutions: readonly { readonly as: string; readonly refused: string | null }[]
  readonly choices: readonly { readonly command: string; readonly refused: string | null }[]
  readonly command: string | null
}

/** What posts nothing comes first; money that nobody can explain is said to be that. */
const PREFERRED = [
  'acknowledge',
  'accept',
  'keep',
  'dismiss',
  'denied',
  'refund-stands',
  'ignore',
  'suspense',
  'write-off',
] as const

const SIGNED = ['--by', 'Dee Cider', '--why', 'known to the person who decides']

const OTHER = ['--by', 'Otto Her', '--why', 'knows the vendor']

/** Decides each open exception once. */
export async function decideAll(desk: Desk): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const exception of desk.books().openExceptions()) {
    const known = desk.parts.map((part) => part.decide?.(exception, desk.books()) ?? null).find((argv) => argv !== null)
    if (known !== undefined && known !== null) {
      for (const argv of known) findings.push(...(await decide(desk, argv)))
      continue
    }
    const argv = await wayOf(desk, exception)
    if (argv !== null) findings.push(...(await decide(desk, argv)))
  }
  return findings
}

/** Where two people are wanted for what posts, somebody tries it alone first, and then has it from another one. */
async function decide(desk: Desk, argv: readonly string[]): Promise<readonly Finding[]> {
  const [group, verb, name = ''] = argv
  if (group !== 'exceptions' || verb !== 'resolve') {
    await desk.type(argv)
    return []
  }
  const person = argv[argv.indexOf('--by') + 1] ?? ''
  const assign = ['exceptions', 'assign', name, '--to', person]
  if (desk.isOfTwo) await desk.type([...assign, '--by', person, '--why', 'mine'])
  const { exitCode } = await desk.type(argv)
  if (exitCode === 0) return kept(desk, argv, person)
  if (!desk.isOfTwo || exitCode === null) return []
  await desk.type([...assign, ...OTHER])
  return (await desk.type(argv)).exitCode === 0 ? kept(desk, argv, person) : []
}

/** What the program took is in the history of the exception it was said of. */
function kept({ books }: Desk, argv: readonly string[], person: string): readonly Finding[] {
  const number = Number(argv[2]?.slice(2))
  const sql = "select 1 from exception_event where exception = ? and event = 'resolved' and by_person = ?"
  if (books().rows(sql, BigInt(number), person).length > 0) return []
  return [
    { oracle: 'decision-lost', says: `tieout ${argv.join(' ')} ended with 0, and its exception knows nothing of it` },
  ]
}

/** What is open, more than for information, and offers nobody anything to type: a state without a way out. */
export async function leftWaiting(desk: Desk): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const exception of desk.books().openExceptions()) {
    const dossier = await dossierOf(desk, exception)
    if (dossier === null || dossier.severity === 'info' || hasWay(dossier)) continue
    const says = `${exception.code} of ${exception.source} ${exception.object} is open, and nothing is offered to end it: ${exception.detail}`
    findings.push({ oracle: `waits ${exception.code}`, says })
  }
  return findings
}

/** What asks somebody in a world in which nothing needs to be asked; a file typed late, as the command was killed, is its own matter. */
export async function leftAsking(desk: Desk): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const exception of desk.books().openExceptions()) {
    if (exception.code === 'EVIDENCE_REFUSED') continue
    if (desk.parts.some(({ asksRightly }) => asksRightly?.(exception) === true)) continue
    const dossier = await dossierOf(desk, exception)
    if (dossier === null || dossier.severity === 'info') continue
    const says = `${exception.code} of ${exception.source} ${exception.object} asks about what is plain: ${exception.detail}`
    findings.push({ oracle: `asks ${exception.code}`, says })
  }
  return findings
}

function hasWay({ resolutions, choices, command }: Dossier): boolean {
  return command !== null || [...resolutions, ...choices].some(({ refused }) => refused === null)
}

async function wayOf(desk: Desk, exception: OpenException): Promise<readonly string[] | null> {
  const dossier = await dossierOf(desk, exception)
  if (dossier === null) return null
  const offered = new Set(dossier.resolutions.filter(({ refused }) => refused === null).map(({ as }) => as))
  const as = PREFERRED.find((each) => offered.has(each))
  if (as !== undefined) return ['exceptions', 'resolve', nameOf(exception), '--as', as, ...SIGNED]
  // Which line belongs to which item only those know who were there; that it is none of these books anybody may say.
  const choice = dossier.choices.find(({ command, refused }) => refused === null && /\bignore\b/.test(command))
  return choice === undefined ? null : [...wordsOf(choice.command), ...SIGNED]
}

async function dossierOf(desk: Desk, exception: OpenException): Promise<Dossier | null> {
  const { exitCode, stdout } = await desk.type(['exceptions', 'show', nameOf(exception), '--json'])
  return exitCode === 0 ? (JSON.parse(stdout) as Dossier) : null
}

function nameOf({ number }: OpenException): string {
  return `E-${number}`
}

/** A command as it is printed, without the program's name. */
function wordsOf(command: string): readonly string[] {
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
  return words[0] === 'tieout' ? words.slice(1) : words
}
