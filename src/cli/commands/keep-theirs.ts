/** `tieout decide E-12 keep-theirs` and `tieout undo E-12`: whether an entry may stay as somebody changed it in an accounting system. */
import { loadMappings } from '../../config/mappings.ts'
import { documentOf } from '../../pipeline/delivery/exceptions.ts'
import { withWork } from '../../pipeline/delivery/deliver-book.ts'
import type { StoredException } from '../../reconcile/exceptions.ts'
import { correctTheirs, keepTheirs, type KeepRequest } from '../../targets/outbox/keep.ts'
import type { Work } from '../../targets/outbox/work.ts'
import type { ExitName } from '../exit-codes.ts'
import { writeBook, type OpenBook } from '../open-book.ts'
import { createProgress } from '../progress.ts'
import { withTargetsInReach } from '../rehearsed-targets.ts'
import type { Session } from '../session.ts'
import { chooseTarget } from '../targets.ts'
import { runEnvironment } from './sync.ts'
import { runDrift } from './target-drift.ts'

type Said = Omit<KeepRequest, 'document'>

/** Whether the item is about an entry that somebody changed or deleted there. */
export function isChangedThere({ code, object }: Pick<StoredException, 'code' | 'object'>): boolean {
  return code === 'TARGET_CHANGED' && /^journal:.*:(?:edited|deleted)$/.test(object)
}

export function keepAsThere(session: Session, exception: StoredException, said: Said): Promise<ExitName> {
  return aboutEntry(session, exception, said, async (work, request) => {
    const kept = await keepTheirs(work, request)
    return `It may stay so in ${work.name}, and is asked about again when it is changed once more: ${kept}.`
  })
}

export function askAgainThere(session: Session, exception: StoredException, said: Said): Promise<ExitName> {
  return aboutEntry(session, exception, said, async (work, request) => {
    await correctTheirs(work, request)
    return `${request.document} is not let stand any more as it is in ${work.name}.`
  })
}

/** Says it, and looks again, so that the item closes or opens at once. */
function aboutEntry(
  session: Session,
  { source, object }: StoredException,
  said: Said,
  act: (work: Work, request: KeepRequest) => Promise<string>,
): Promise<ExitName> {
  return withTargetsInReach(session, (reaching) =>
    writeBook(reaching, async (open) => {
      const target = chooseTarget(reaching, source)
      const request = { document: documentOf(object), ...said }
      const sentence = await inWork(reaching, open, source, (work) => act(work, request))
      if (said.dryRun) {
        reaching.show({ target: source, ...request }, () => [sentence, 'Dry run: nothing was kept.'])
        return 'ok'
      }
      reaching.io.stderr.write(`${sentence}\n`)
      return runDrift(reaching, open, [target], false, [request.document])
    }),
  )
}

async function inWork<T>(
  session: Session,
  { database, book, config }: OpenBook,
  source: string,
  act: (work: Work) => Promise<T>,
): Promise<T> {
  const environment = runEnvironment(session, database, createProgress(session.io.stderr))
  const request = { config: session.config(), book: config, env: session.io.env }
  const about = {
    book,
    request,
    target: chooseTarget(session, source),
    mappings: loadMappings(session.config().mappings),
  }
  const found: T[] = []
  await withWork(environment, about, async (work) => {
    found.push(await act(work))
  })
  const [answer] = found
  if (answer === undefined) throw new Error(`no work was done with ${source}`)
  return answer
}
