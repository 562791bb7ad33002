/**
 * What an answer leads to in the same night: the children a parent named, and the orders of an answer nobody could read.
 * One poisoned order can spoil the answer for a hundred, so those are asked again in tens and then one by one, within a
 * bound: when many answers are unreadable the panel is down, and the next night asks.
 */
import type { NewLanding } from '../../log/landing.ts'
import { ORDERS_PER_CALL } from '../../sources/panel/requests.ts'
import { landAndProcess, type RunContext } from '../run-context.ts'
import type { BatchResult } from '../engine/process-batch.ts'

export type Ask = (orderIds: readonly string[], again: boolean) => Promise<NewLanding>

/** Unreadable answers of one batch that are still taken for single bad orders. */
const SPLIT_LIMIT = 5
const PART_SIZES = [10, 1] as const

export async function followUp(run: RunContext, step: string, result: BatchResult, ask: Ask): Promise<void> {
  await askUnread(run, step, result.followUp.unread, ask)
  let children: readonly string[] = result.followUp.registered
  // A child may be a parent itself; the panels known have one level, so two rounds are plenty.
  for (let round = 0; round < 2 && children.length > 0; round += 1) {
    const answers = await Promise.all(parts(children, ORDERS_PER_CALL).map((ids) => ask(ids, false)))
    const answered = await landAndProcess(run, step, answers)
    await askUnread(run, step, answered.followUp.unread, ask)
    children = answered.followUp.registered
  }
}

async function askUnread(
  run: RunContext,
  step: string,
  unread: readonly (readonly string[])[],
  ask: Ask,
): Promise<void> {
  let groups = unread
  for (const size of PART_SIZES) {
    const larger = groups.filter((orders) => orders.length > size)
    if (larger.length > SPLIT_LIMIT) return
    if (larger.length === 0) continue
    const answers: NewLanding[] = []
    for (const ids of larger.flatMap((orders) => parts(orders, size))) answers.push(await ask(ids, true))
    groups = (await landAndProcess(run, step, answers)).followUp.unread
  }
}

function parts(ids: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ids.slice(index * size, (index + 1) * size))
}
