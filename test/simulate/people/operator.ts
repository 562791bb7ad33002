/** What whoever runs the machine does by day, or what happens to it: operator-plan.ts says when. */
import { perform, settleOvertakers, type, typeTogether, type Running } from '../running.ts'
import type { OperatorEvent } from './operator-plan.ts'

/** Before the evening's work. */
export async function meetOperator(running: Running, night: number): Promise<void> {
  // When nothing fails any more, two at once are all that is left to go wrong.
  const isQuiet = night > running.plan.nights
  for (const event of running.plan.operator) {
    if (event.night === night && (!isQuiet || event.kind === 'twice')) await meet(running, event, night)
  }
}

async function meet(running: Running, event: OperatorEvent, night: number): Promise<void> {
  const { plan, computer, deployment } = running
  switch (event.kind) {
    case 'clock':
      note(running, event)
      return computer.skewClock(event.aheadMs)
    case 'verify':
      note(running, event)
      return void (await type(running, plan.book.name, { argv: ['ledger', 'verify'], allowed: [0] }))
    case 'twice':
      note(running, event)
      return typeTogether(running, plan.book.name, { argv: ['sync'] })
    case 'policy':
      note(running, event)
      return deployment.configure({
        closedPeriods: { ...deployment.settings().closedPeriods, [event.book]: event.closedPeriod },
      })
    case 'restore':
      return restore(running, event, night)
    case 'late':
      return note(running, event)
    case 'again':
    case 'together':
      return
  }
}

function note({ computer }: Running, { kind }: OperatorEvent): void {
  computer.trace.add(`the operator: ${kind}`)
}

async function restore(
  running: Running,
  event: Extract<OperatorEvent, { readonly kind: 'restore' }>,
  night: number,
): Promise<void> {
  const { computer, deployment, history } = running
  const from = history.findLast((each) => each.backup !== null && each.night <= night - event.nightsBack)
  if (from === undefined || from.backup === null) return
  note(running, event)
  await settleOvertakers(running)
  computer.files.restore(deployment.databaseUrl, from.backup)
  // What people had put in since is put in again.
  for (const { acts } of history.filter((each) => each.night > from.night && each.night < night)) {
    for (const typed of acts.filter(({ act }) => act.isTypedOnce !== true)) await perform(running, typed)
  }
}
