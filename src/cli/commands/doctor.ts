/**
 * `tieout doctor`: whether everything a night needs is there and works, and what to do about what is not. It reads and
 * asks, and changes nothing.
 */
import type { Config } from '../../config/model.ts'
import { ConfigError } from '../../domain/errors.ts'
import { examine, type Examined } from '../../pipeline/doctor/examine.ts'
import type { ExitName } from '../exit-codes.ts'
import { handle, type Registry, type Session } from '../session.ts'
import { doctorLines, doctorView, worst } from '../views/doctor.ts'

interface DoctorOptions {
  readonly offline?: boolean
  readonly strict?: boolean
}

export function registerDoctor(registry: Registry): void {
  const command = registry.program
    .command('doctor')
    .description('check settings, keys, clocks, disk, database, schedule and sources, and say what to do')
    .option('--offline', 'ask no source')
    .option('--strict', 'warnings count as failures for the exit code')
  handle<DoctorOptions>(registry, command, runDoctor)
}

/** Exit code 1 when something fails, or with --strict when something could. */
async function runDoctor(session: Session, { offline = false, strict = false }: DoctorOptions): Promise<ExitName> {
  const found = await findings(session, offline)
  const verdict = worst(found)
  session.show(doctorView(found), () => doctorLines(found, offline))
  return verdict === 'fail' || (strict && verdict === 'warn') ? 'findings' : 'ok'
}

async function findings(session: Session, offline: boolean): Promise<readonly Examined[]> {
  const { io, clock } = session
  const config = readConfig(session)
  if (!('books' in config)) return config
  const right: Examined = { check: 'config', verdict: 'ok', about: '', says: `${config.file} is right`, next: '' }
  // A rehearsal's vendors are simulated, and there is nobody behind its addresses.
  const isAlone = offline || config.sandbox !== undefined
  const { env, signal } = io
  return [right, ...(await examine({ config, env, signal, nowMs: clock.nowMs(), offline: isAlone }))]
}

/** Without a configuration there is nothing else to look at, and its problems are the findings. */
function readConfig(session: Session): Config | readonly Examined[] {
  try {
    return session.config()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const [sentence = '', ...problems] = error.message.split('\n')
    const failed = { check: 'config', verdict: 'fail', about: '' } as const
    return problems.length === 0
      ? [{ ...failed, says: sentence, next: error.hint }]
      : problems.map((says) => ({ ...failed, says, next: '' }))
  }
}
