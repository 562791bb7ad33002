/** When a rehearsal's nights run: five minutes after midnight, as a scheduler would start them. */
import type { SandboxConfig } from '../config/model.ts'

const DAY_MS = 86_400_000
const AFTER_MIDNIGHT_MS = 5 * 60_000

/** The instant of night n, 1 being the first; the day it closes is the one before. */
export function nightInstant({ start }: Pick<SandboxConfig, 'start'>, night: number): number {
  return Date.parse(`${start}T00:00:00Z`) + night * DAY_MS + AFTER_MIDNIGHT_MS
}
