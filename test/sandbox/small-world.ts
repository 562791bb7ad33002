/**
 * A small world and a short way to talk to it over real HTTP, for the sandbox's own tests.
 */
import { fetch } from 'undici'
import { onTestFinished } from 'vitest'
import { startSandbox } from '../../src/sandbox/server.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/server.ts'
import type { PanelOptions, WorldOptions } from '../../src/sandbox/world/options.ts'
import type { World } from '../../src/sandbox/world/state.ts'
import { createWorld } from '../../src/sandbox/world/world.ts'

export const START_MS = Date.UTC(2026, 0, 1)
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

const QUIET_PANEL: PanelOptions = {
  name: 'netpanel',
  apiKey: 'net-key',
  semantics: 'net',
  ordersPerDay: 0,
  openingBalance: '100.84292',
  timeZone: 'UTC',
}

/** One net and one gross panel that only the API drives, a publisher and an advertiser. */
export function quietOptions(panel: Partial<PanelOptions> = {}): WorldOptions {
  return {
    seed: 11,
    startMs: START_MS,
    publishers: [{ name: 'pub', apiKey: 'pub-key' }],
    advertisers: [{ name: 'ads', apiKey: 'ads-key' }],
    panels: [
      { ...QUIET_PANEL, ...panel },
      { ...QUIET_PANEL, name: 'grosspanel', apiKey: 'gross-key', semantics: 'gross' },
    ],
  }
}

export interface Answer {
  readonly status: number
  readonly text: string
  /** The body as JSON; tests compare it whole. */
  readonly json: unknown
}

export interface Talk {
  readonly world: World
  readonly sandbox: Sandbox
  readonly panel: (fields: Readonly<Record<string, string>>, name?: string, key?: string) => Promise<Answer>
  readonly payelancer: (endpoint: string, key?: string, body?: string) => Promise<Answer>
  readonly control: (path: string, body?: unknown) => Promise<Answer>
}

/** Closed when the running test ends. */
export async function talkTo(
  worldOptions: WorldOptions,
  serverOptions: Omit<SandboxOptions, 'world'> = {},
): Promise<Talk> {
  const world = createWorld(worldOptions)
  const sandbox = await startSandbox({ world, ...serverOptions })
  onTestFinished(() => sandbox.close())
  const { url } = sandbox
  return {
    world,
    sandbox,
    panel: (fields, name = 'netpanel', key = 'net-key') =>
      ask(`${url}/panels/${name}/api/v2`, 'POST', {}, new URLSearchParams({ key, ...fields })),
    payelancer: (endpoint, key, body) =>
      ask(
        `${url}/payelancer/backend/api/v1/${endpoint}`,
        body === undefined ? 'GET' : 'POST',
        key === undefined ? {} : { 'x-api-key': key },
        body,
      ),
    control: (path, body) =>
      ask(
        `${url}/_sandbox/${path}`,
        body === undefined ? 'GET' : 'POST',
        {},
        body === undefined ? undefined : JSON.stringify(body),
      ),
  }
}

export async function ask(
  url: string,
  method: 'GET' | 'POST',
  headers: Readonly<Record<string, string>>,
  body?: string | URLSearchParams,
): Promise<Answer> {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await response.text()
  return { status: response.status, text, json: jsonOrUndefined(text) }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
