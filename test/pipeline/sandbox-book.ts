/**
 * A book whose vendors are the sandbox: a seeded world that lives from night to night, its downloads put into the inbox
 * as a person would. Faults can be planned for a night; the world knows what the books should say.
 */
import { fetch } from 'undici'
import { onTestFinished } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import type { NightReport } from '../../src/pipeline/night.ts'
import type { RunEnvironment } from '../../src/pipeline/with-run.ts'
import type { FaultKind } from '../../src/sandbox/faults.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { orderHistoryCsv, paymentsCsv } from '../../src/sandbox/world/downloads.ts'
import { defaultWorldOptions, type PanelOptions, type WorldOptions } from '../../src/sandbox/world/options.ts'
import type { World } from '../../src/sandbox/world/state.ts'
import { createWorld } from '../../src/sandbox/world/world.ts'
import { DAY_MS, newRig, nightMs, START_MS, type Rig, type SourceLine } from './harness.ts'

export interface SandboxBook {
  readonly rig: Rig
  readonly world: World
  readonly sandbox: Sandbox
  /** Lives through the night and syncs it. */
  readonly night: (night: number, changes?: Partial<RunEnvironment>) => Promise<NightReport>
  /** Lives through the day up to the night and puts its downloads into the inbox, without a sync. */
  readonly live: (night: number) => Promise<void>
  readonly planFaults: (plan: FaultRequest) => Promise<void>
}

export interface FaultRequest {
  readonly seed?: number
  readonly rate?: number
  readonly kinds?: readonly FaultKind[]
  readonly script?: readonly (FaultKind | 'none')[]
}

export interface WorldSize {
  readonly seed: number
  readonly days?: number
  readonly ordersPerDay?: number
  readonly panels?: (panel: PanelOptions) => PanelOptions
}

export function smallWorld({ seed, days = 5, ordersPerDay = 60, panels }: WorldSize): WorldOptions {
  const options = defaultWorldOptions({ seed, startMs: START_MS, days, ordersPerDay })
  return panels === undefined ? options : { ...options, panels: options.panels.map(panels) }
}

/** `bookMore`: more lines of the book, each indented by four spaces; `more`: more keys of a source, as YAML. */
export async function sandboxBook(
  database: Database,
  options: WorldOptions,
  { bookMore = '', more = {} }: { readonly bookMore?: string; readonly more?: Readonly<Record<string, string>> } = {},
): Promise<SandboxBook> {
  const world = createWorld(options)
  const sandbox = await startSandbox({ world, rateClock: 'world' })
  onTestFinished(() => sandbox.close())
  const sources = sandboxSources(options, sandbox.url).map((source) => ({ ...source, more: more[source.name] }))
  const rig = newRig(database, sources, (name) => keyOf(options, name), bookMore)
  return sandboxBookOn(rig, world, sandbox)
}

function sandboxBookOn(rig: Rig, world: World, sandbox: Sandbox): SandboxBook {
  const live = async (night: number): Promise<void> => {
    await sandbox.moveClock(nightMs(night))
    download(rig, world, night)
  }
  return {
    rig,
    world,
    sandbox,
    live,
    night: async (night, changes) => {
      await live(night)
      return rig.night(nightMs(night), changes)
    },
    planFaults: async (plan) => {
      const body = JSON.stringify({ rate: 0, holdMs: 20, ...plan })
      const answer = await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'POST', body })
      if (answer.status !== 200) throw new Error(await answer.text())
    },
  }
}

export function sandboxSources(options: WorldOptions, url: string): readonly SourceLine[] {
  const payelancer = `${url}/payelancer`
  return [
    ...options.publishers.map(({ name }) => ({ name, kind: 'publisher' as const, url: payelancer })),
    ...options.advertisers.map(({ name }) => ({ name, kind: 'advertiser' as const, url: payelancer })),
    ...options.panels.map(({ name, timeZone }) => ({
      name,
      kind: 'panel' as const,
      timeZone,
      url: `${url}/panels/${name}/api/v2`,
    })),
  ]
}

export function keyOf({ publishers, advertisers, panels }: WorldOptions, name: string): string {
  return [...publishers, ...advertisers, ...panels].find((each) => each.name === name)?.apiKey ?? ''
}

function download(rig: Rig, world: World, night: number): void {
  const toMs = nightMs(night)
  const range = { fromMs: night === 1 ? undefined : toMs - DAY_MS, toMs }
  // As a person would: a list with nothing on it is not handed over.
  const drop = (path: string, csv: string): void => {
    if (csv.trimEnd().includes('\n')) rig.drop(path, csv)
  }
  drop(`payments-${String(night).padStart(2, '0')}.csv`, paymentsCsv(world, range))
  for (const name of world.panels.keys()) {
    drop(`${name}/orders-${String(night).padStart(2, '0')}.csv`, orderHistoryCsv(world, name, range))
  }
}
