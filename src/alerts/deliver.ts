/**
 * Sends what waits, channel by channel and each in order. A channel that fails is left alone with growing pauses, its
 * messages wait, and the other channels do not notice.
 */
import type { Kysely } from 'kysely'
import type { Tables } from '../db/tables.ts'
import type { Delivered, Speak } from './notice.ts'
import {
  channelStates,
  claim,
  pendingDeliveries,
  saveChannelState,
  settle,
  type ChannelState,
  type PendingDelivery,
} from './queue.ts'

export interface Delivery {
  readonly db: Kysely<Tables>
  readonly nowMs: () => number
  readonly signal: AbortSignal
  /** True when a person asks: a channel that is being left alone is tried all the same. */
  readonly isAsked: boolean
}

export interface ChannelResult {
  readonly channel: string
  readonly delivered: number
  readonly givenUp: number
  /** Why the channel was left; null when all that waited was sent. */
  readonly error: string | null
  /** True when it failed before and was not tried this time. */
  readonly isLeftAlone: boolean
}

/** Makes the means of speaking, reading secrets; throws when one is missing. */
export type OpenChannel = (channel: string) => Speak

const FIRST_PAUSE_MS = 60_000
const LONGEST_PAUSE_MS = 3_600_000
/** Messages of one look; what is left waits for the next. */
const MESSAGES_PER_LOOK = 100
/** A message the channel itself refuses is not sent for ever, nor is one that waited this long. */
const REFUSALS = 3
const GIVE_UP_AFTER_MS = 7 * 86_400_000

export async function deliverPending(
  delivery: Delivery,
  channels: readonly string[],
  open: OpenChannel,
): Promise<readonly ChannelResult[]> {
  const states = await channelStates(delivery.db)
  return Promise.all(channels.map((channel) => deliverChannel(delivery, channel, open, states.get(channel))))
}

async function deliverChannel(
  delivery: Delivery,
  channel: string,
  open: OpenChannel,
  state: ChannelState | undefined,
): Promise<ChannelResult> {
  const { db, nowMs, signal, isAsked } = delivery
  const result = { channel, delivered: 0, givenUp: 0, error: null as string | null, isLeftAlone: false }
  const pauseMs = (state?.retryAtMs ?? 0) - nowMs()
  // A longer pause than there is means that the clock was set back.
  if (!isAsked && pauseMs > 0 && pauseMs <= LONGEST_PAUSE_MS)
    return { ...result, error: state?.lastError ?? null, isLeftAlone: true }
  const pending = await pendingDeliveries(db, channel, MESSAGES_PER_LOOK)
  if (pending.length === 0) return result
  for (const each of pending) {
    if (signal.aborted || !(await claim(db, channel, each, nowMs()))) break
    const said = await speak(open, channel, each, signal)
    const status = said.ok ? 'delivered' : isHopeless(said, each, nowMs()) ? 'given-up' : 'pending'
    await settle(db, channel, each, { status, error: said.ok ? null : said.message }, nowMs())
    if (status === 'delivered') result.delivered += 1
    if (status === 'given-up') result.givenUp += 1
    if (!said.ok) result.error = said.message
    if (status === 'pending') break
  }
  await saveChannelState(db, after(channel, state, result, nowMs()))
  return result
}

async function speak(
  open: OpenChannel,
  channel: string,
  each: PendingDelivery,
  signal: AbortSignal,
): Promise<Delivered> {
  try {
    return await open(channel)(each.notice, signal)
  } catch (error) {
    // A missing secret must not keep the other channels silent.
    return { ok: false, refused: false, message: error instanceof Error ? error.message : String(error) }
  }
}

function isHopeless(
  { refused }: Extract<Delivered, { readonly ok: false }>,
  { attempts, notice }: PendingDelivery,
  nowMs: number,
): boolean {
  return attempts + 1 >= REFUSALS && (refused || nowMs - notice.atMs > GIVE_UP_AFTER_MS)
}

function after(name: string, before: ChannelState | undefined, result: ChannelResult, nowMs: number): ChannelState {
  const { delivered, error } = result
  const failures = error === null ? 0 : delivered > 0 ? 1 : (before?.failures ?? 0) + 1
  return {
    name,
    failures,
    retryAtMs: failures === 0 ? 0 : nowMs + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)),
    lastError: error,
    lastErrorAtMs: error === null ? (before?.lastErrorAtMs ?? null) : nowMs,
    lastDeliveredAtMs: delivered > 0 ? nowMs : (before?.lastDeliveredAtMs ?? null),
  }
}
