/**
 * Posts what the vendors owe to their customers' webhooks: once each, in order, never again when it fails, because
 * the documents promise no retry and a customer must survive a lost message.
 */
import { takeWebhooks } from './world/webhooks.ts'
import type { World } from './world/state.ts'

const TIMEOUT_MS = 2000

/** Resolves with how many messages the receivers took. */
export async function sendWebhooks(world: World): Promise<number> {
  let taken = 0
  for (const { url, body } of takeWebhooks(world)) {
    if (await post(url, body)) taken += 1
  }
  return taken
}

async function post(url: string, body: string): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}
