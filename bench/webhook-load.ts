/**
 * A vendor that posts order updates at a steady pace and measures each from the moment it was due to be sent, so that a
 * receiver that stalls is seen to stall. Every fifth body has been sent before.
 */
import { Agent } from 'undici'

export interface Load {
  readonly url: string
  readonly perSecond: number
  /** Until it resolves, and at least `leastMs`. */
  readonly until: Promise<unknown>
  readonly leastMs: number
  /** Ids are drawn from 1,000,001 up to so many orders. */
  readonly orders: number
}

export interface Measured {
  readonly sent: number
  /** Answered with anything but 200, or not at all. */
  readonly refused: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

const SLICE_MS = 2
const CONNECTIONS = 64
const REPEATED = 5

export async function putUnderLoad({ url, perSecond, until, leastMs, orders }: Load): Promise<Measured> {
  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 })
  const latenciesMs: number[] = []
  const answers: Promise<void>[] = []
  let refused = 0
  const send = async (body: string, dueMs: number): Promise<void> => {
    try {
      const { origin, pathname } = new URL(url)
      const headers = { 'content-type': 'application/json' }
      const answer = await agent.request({ origin, path: pathname, method: 'POST', headers, body })
      await answer.body.dump()
      if (answer.statusCode !== 200) refused += 1
    } catch {
      refused += 1
    }
    latenciesMs.push(performance.now() - dueMs)
  }
  const over = new AbortController()
  until.then(
    () => over.abort(),
    () => over.abort(),
  )
  const startMs = performance.now()
  let sent = 0
  while (!over.signal.aborted || performance.now() - startMs < leastMs) {
    await new Promise((resolve) => setTimeout(resolve, SLICE_MS))
    for (; sent < ((performance.now() - startMs) * perSecond) / 1000; sent += 1) {
      answers.push(send(bodyOf(sent, orders), startMs + (sent * 1000) / perSecond))
    }
  }
  await Promise.all(answers)
  const seconds = (performance.now() - startMs) / 1000
  await agent.close()
  latenciesMs.sort((a, b) => a - b)
  const at = (share: number): number => latenciesMs[Math.min(sent - 1, Math.floor(sent * share))] ?? 0
  return { sent, refused, perSecond: sent / seconds, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

function bodyOf(index: number, orders: number): string {
  const number = index % REPEATED === 0 ? Math.max(0, index - REPEATED + 1) : index
  const id = 1_000_001 + (number % orders)
  return `{"order_id":${id},"status":"Completed","remains":${number % 1000},"start_count":8421,"charge":0.27819}`
}
