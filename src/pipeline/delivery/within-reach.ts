/**
 * A rehearsal asks emulators on this machine and nobody else. Its configuration names no addresses, so a target that was
 * not given those of an emulator has the vendor's own: then nothing is asked at all.
 */
import type { Config } from '../../config/model.ts'
import type { TargetConfig } from '../../config/target-model.ts'
import { ConfigError } from '../../domain/errors.ts'

const THIS_MACHINE: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** Throws ConfigError when a rehearsal would ask another machine. Anywhere else every address is good. */
export function requireWithinReach({ sandbox }: Pick<Config, 'sandbox'>, { name, urls }: TargetConfig): void {
  if (sandbox === undefined) return
  const outside = Object.values(urls).find((url) => !THIS_MACHINE.has(new URL(url).hostname))
  if (outside === undefined) return
  throw new ConfigError(
    'REHEARSAL_REACHES_OUT',
    `Target "${name}" of this rehearsal would ask ${new URL(outside).host}: the emulators are not in reach, and a rehearsal asks no vendor.`,
    'Nothing was asked. To ask the vendor, take the sandbox section out of the configuration; otherwise report this.',
  )
}
