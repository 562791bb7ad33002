/**
 * What `tieout decide` does about subjects with decisions of their own: a statement line, an expected item, a
 * match, an order or a campaign of unknown outcome, rows that could not be read. One verb for the person, one decision each.
 */
import type { Database } from '../../db/database.ts'
import { InputError } from '../../domain/errors.ts'
import { ANY_ACCOUNT } from '../../domain/exceptions/codes.ts'
import { itemNumbered, type OpenItem } from '../../evidence/open-items.ts'
import { findBook } from '../../ledger/books.ts'
import { documentOf } from '../../pipeline/delivery/exceptions.ts'
import { nameOf } from '../../pipeline/exception-decisions.ts'
import { resolveCampaign, takeCampaignWordBack } from '../../pipeline/panel-writes/campaign.ts'
import { resolveUnknown, takeOrderWordBack } from '../../pipeline/panel-writes/resolve.ts'
import { planContext } from '../../pipeline/plan-context.ts'
import { planDecision } from '../../pipeline/process/match-plan.ts'
import type { MatchDecision, Residual } from '../../pipeline/process/match-request.ts'
import type { PlanContext } from '../../pipeline/process/resolutions/effect.ts'
import { decisionOf } from '../../pipeline/reconcile/answers.ts'
import { fittingWords } from '../../pipeline/reconcile/fitting-words.ts'
import { plannedEntries } from '../../pipeline/reconcile/planned-entries.ts'
import { nightOf } from '../../pipeline/sync.ts'
import { exceptionAbout, type StoredException } from '../../reconcile/exceptions.ts'
import { confirm } from '../confirm.ts'
import type { ExitName } from '../exit-codes.ts'
import { readBook, runDatabase } from '../open-book.ts'
import { orderIds } from '../order-ids.ts'
import type { PersonOptions } from '../person.ts'
import { createProgress } from '../progress.ts'
import type { Session } from '../session.ts'
import { subjectArgument, type Subject } from '../subjects.ts'
import { linesOf } from '../views/exception-dossier.ts'
import { addView } from '../views/panel-add.ts'
import { campaignView } from '../views/payelancer.ts'
import { deliverAgain } from './deliver.ts'
import { keepAsThere } from './keep-theirs.ts'
import { retryRow } from './set-aside.ts'
import { requireAccount, showDecided } from './reconcile-decisions.ts'
import { runEnvironment } from './sync.ts'

type Numbered = Extract<Subject, { readonly kind: 'line' | 'item' | 'match' }>

export interface SaidWord {
  readonly as: string
  readonly gross: string | null
  readonly reference: string | null
  readonly line: number | null
  readonly items: readonly number[]
  readonly match: number | null
  readonly of: string | null
  readonly difference: Residual
  readonly person: PersonOptions
  readonly dryRun: boolean
  readonly yes: boolean
}

export function answerSubject(session: Session, exception: StoredException, said: SaidWord): Promise<ExitName> {
  const { object } = exception
  if (object.startsWith(ORDER)) return answerOrder(session, exception, said)
  if (object.startsWith(CAMPAIGN)) return answerCampaign(session, exception, said)
  if (object.startsWith('quarantine:')) return retryAside(session, after(object), said)
  if (said.as === KEEP) return keepAsThere(session, exception, { ...said.person, dryRun: said.dryRun })
  if (object.startsWith('journal:')) return sendAgain(session, exception, said)
  return answerMoney(session, { ...exception, name: nameOf(exception.number) }, said)
}

/** A line or an expected item by its number, whether or not anything waits about it; a match is confirmed, rejected or taken back. */
export async function answerNumbered(session: Session, { kind, number }: Numbered, said: SaidWord): Promise<ExitName> {
  const name = `${kind}:${number}`
  if (kind === 'match') {
    const decide = OF_A_MATCH.find((each) => each === said.as)
    if (decide !== undefined) return showDecided(session, said.dryRun, { decide, match: number, ...said.person })
    throw new InputError('ANSWER_UNFIT', `"${said.as}" does not fit ${name}.`, `Say one of ${OF_A_MATCH.join(', ')}.`)
  }
  // The codes whose words are those of every line, and of every item.
  if (kind === 'line') return answerMoney(session, { code: 'LINE_UNMATCHED', source: '', object: name, name }, said)
  const item = await itemOf(session, number)
  return answerMoney(session, { code: 'PAYOUT_DIFFERS', source: item.source, object: item.object, name }, said)
}

const OF_A_MATCH = ['confirm', 'reject', 'unmatch'] as const

async function itemOf(session: Session, number: number): Promise<OpenItem> {
  const found: OpenItem[] = []
  await readBook(session, async ({ kysely, book }) => {
    const item = await itemNumbered(kysely, book.id, BigInt(number))
    if (item !== null) found.push(item)
    return 'ok'
  })
  const [item] = found
  if (item !== undefined) return item
  throw new InputError(
    'ITEM_UNKNOWN',
    `There is no expected item ${number}.`,
    'tieout reconcile list --items shows them.',
  )
}

function retryAside(session: Session, text: string, { person, dryRun }: SaidWord): Promise<ExitName> {
  const subject = subjectArgument(text)
  if (subject.kind !== 'row') throw new Error(`an item tells of ${text}, which is no row`)
  return retryRow(session, subject.row, person, dryRun)
}

const KEEP = 'keep-theirs'

async function sendAgain(session: Session, { source, object }: StoredException, said: SaidWord): Promise<ExitName> {
  const document = documentOf(object)
  if (!said.dryRun) return deliverAgain(session, { target: source, retry: document, ...said.person })
  session.show({ target: source, document, dryRun: true }, () => [
    `${document} would be built anew, looked up in ${source}, and sent if it is not there.`,
    ...dryLine(said),
  ])
  return 'ok'
}

/** What a word about money is said of. */
type About = Pick<StoredException, 'code' | 'source' | 'object'> & { readonly name: string }

async function answerMoney(session: Session, about: About, said: SaidWord): Promise<ExitName> {
  const { as, person, dryRun } = said
  if (/^\d{4}$/.test(as)) requireAccount(session, as)
  const day = nightOf(session.clock.nowMs(), session.book().timeZone)
  const answer = { ...said, day }
  const asked: MatchDecision[] = []
  await readBook(session, async ({ kysely, book }) => {
    const decision = { ...(await decisionOf(kysely, book.id, about, answer)), ...person }
    const context = await planContext(kysely, book)
    if (context !== null) await refuseIdle(context, about, as)
    if (await isAgreed(session, said, decision, context)) asked.push(decision)
    return 'ok'
  })
  const [decision] = asked
  if (decision !== undefined) return showDecided(session, dryRun, decision)
  session.show({ booked: [] }, () => ['Nothing was booked.'])
  return 'ok'
}

/** What `explain` does not list now is not booked: an income of money that left would be booked with the other sign. */
async function refuseIdle(context: PlanContext, about: About, as: string): Promise<void> {
  const fitting = await fittingWords(context, about)
  if (fitting.includes(as) || (fitting.includes(ANY_ACCOUNT) && /^\d{4}$/.test(as))) return
  const { name } = about
  const next = fitting.length === 0 ? `tieout explain ${name} says how it ends.` : `Say one of ${fitting.join(', ')}.`
  throw new InputError('ANSWER_UNFIT', `"${as}" does not fit ${name} as it stands now.`, next)
}

/** A person at a terminal sees the entries before they are booked; what does not fit is refused afterwards, with its reason. */
async function isAgreed(
  session: Session,
  { yes, dryRun }: SaidWord,
  decision: MatchDecision,
  context: PlanContext | null,
): Promise<boolean> {
  if (yes || dryRun || session.json || session.io.ask === undefined || context === null) return true
  const plan = await planDecision(context, decision)
  const entries = plan.kind === 'refused' ? [] : await plannedEntries(context, plan)
  if (typeof entries === 'string' || entries.length === 0) return true
  return confirm(session, false, [...linesOf(entries).map((line) => `  ${line}`), 'Book it'].join('\n'))
}

function answerOrder(session: Session, { source, object }: StoredException, said: SaidWord): Promise<ExitName> {
  const ref = after(object)
  const named = placedAs(said)
  const [orderId = null, ...others] = named === null ? [] : orderIds([named])
  if (others.length > 0)
    throw new InputError('ANSWER_UNFIT', 'One order is one order of the panel.', 'Give one --reference.')
  const { currency = '' } = session.book().sources.find(({ name }) => name === source) ?? {}
  return runDatabase(session, { dryRun: said.dryRun, shownBy: 'tieout todo' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env, source }
    const add = await resolveUnknown(environment, request, { ref, orderId, ...said.person })
    session.show({ ...addView(source, currency, add), dryRun: said.dryRun }, () => [
      orderId === null
        ? `${source}: order ${ref} is closed as not placed.`
        : `${source}: order ${ref} is order ${orderId} of the panel. The next sync asks about it and books its charge.`,
      ...dryLine(said),
    ])
    return 'ok'
  })
}

function answerCampaign(session: Session, { source, object }: StoredException, said: SaidWord): Promise<ExitName> {
  const ref = after(object)
  const campaignId = placedAs(said)
  const { currency = '' } = session.book().sources.find(({ name }) => name === source) ?? {}
  return runDatabase(session, { dryRun: said.dryRun, shownBy: 'tieout todo' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env, source }
    const campaign = await resolveCampaign(environment, request, { ref, campaignId, ...said.person })
    session.show({ ...campaignView(source, currency, campaign), dryRun: said.dryRun }, () => [
      campaignId === null
        ? `${source}: campaign ${ref} ("${campaign.name}") is closed as not created.`
        : `${source}: campaign ${ref} ("${campaign.name}") is campaign ${campaignId} of the account.`,
      ...dryLine(said),
    ])
    return 'ok'
  })
}

/** `tieout undo E-12` of an order or a campaign: nobody knows again what became of it. */
export function takeAnswerBack(
  session: Session,
  { source, object }: StoredException,
  { person, dryRun }: Pick<SaidWord, 'person' | 'dryRun'>,
): Promise<ExitName> {
  const word = { ref: after(object), ...person }
  const isOrder = object.startsWith(ORDER)
  return runDatabase(session, { dryRun, shownBy: 'tieout todo' }, async (database) => {
    const environment = runEnvironment(session, database, createProgress(session.io.stderr))
    const request = { config: session.config(), book: session.book(), env: session.io.env, source }
    const { state, detail } = isOrder
      ? await takeOrderWordBack(environment, request, word)
      : await takeCampaignWordBack(environment, request, word)
    const what = `${isOrder ? 'order' : 'campaign'} ${word.ref}`
    session.show({ source, object, state, detail, dryRun }, () => [
      `${source}: it is not known again what became of ${what}.`,
      ...dryLine({ dryRun }),
    ])
    return 'ok'
  })
}

/** Of an order or a campaign that was asked for from here. */
export function isAskedFor({ object }: StoredException): boolean {
  return object.startsWith(ORDER) || object.startsWith(CAMPAIGN)
}

const ORDER = 'add:'
const CAMPAIGN = 'campaign:'

/** The vendor's id of what was placed; null when it was not. */
function placedAs({ as, reference }: SaidWord): string | null {
  if (as === 'not-placed') return null
  if (reference !== null) return reference
  throw new InputError('ANSWER_NEEDS', "What is its id at the vendor's?", 'Say it with --reference ID.')
}

function dryLine({ dryRun }: Pick<SaidWord, 'dryRun'>): readonly string[] {
  return dryRun ? ['Dry run: nothing was kept.'] : []
}

function after(object: string): string {
  return object.slice(object.indexOf(':') + 1)
}

/** The name of the exception about a request of unknown outcome. */
export async function uncertainName(
  { kysely }: Database,
  session: Session,
  source: string,
  object: string,
): Promise<string> {
  const { id } = await findBook(kysely, session.book().name)
  const found = await exceptionAbout(kysely, id, { source, code: 'REQUEST_UNCERTAIN', object })
  return found === null ? 'E-NUMBER' : nameOf(found.number)
}
