/** Checks of the machine: room on its disks, folders that can be written, its clock and its table of time zones. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Config } from '../../config/model.ts'
import { isoDateInZone, isTimeZone, startOfDayMs } from '../../domain/time/dates.ts'
import { fail, ok, warn, type Finding, type Patient } from './check.ts'

const MIB = 1024 * 1024
const GIB = 1024 * MIB
/** A night of a large book lands a few hundred MiB, and SQLite's log needs as much again. */
const LOW_BYTES = 2 * GIB
const TOO_LOW_BYTES = 200 * MIB

const OFF_MS = 30_000
const FAR_OFF_MS = 300_000
/** A Date header has whole seconds, and the answer took its time. */
const HEADER_ERROR_MS = 2000

export function checkDisk({ config, databaseFolder, freeBytes }: Patient): readonly Finding[] {
  return foldersOf(config, databaseFolder).map(([about, folder]) => {
    const there = nearest(folder)
    if (!statSync(there).isDirectory()) {
      return fail(about, `${there} is a file and not a folder.`, 'Move the file away, or name another folder.')
    }
    try {
      accessSync(there, constants.W_OK | constants.X_OK)
    } catch {
      return fail(about, `${there} cannot be written by this user.`, 'Give this user the right to write there.')
    }
    const free = freeBytes(there)
    if (free < TOO_LOW_BYTES)
      return fail(about, `only ${sizeText(free)} are free at ${there}.`, 'Make room before the next night.')
    if (free < LOW_BYTES) return warn(about, `only ${sizeText(free)} are free at ${there}.`, 'Make room soon.')
    const made = there === folder ? '' : `; ${folder} is made when it is needed`
    return ok(about, `${sizeText(free)} free at ${there}${made}`)
  })
}

function foldersOf(config: Config, databaseFolder: string | null): readonly (readonly [string, string])[] {
  const ofBooks = config.books.flatMap((book) => [
    ...(book.inbox === undefined ? [] : [[`${book.name} inbox`, book.inbox] as const]),
    ...(book.export === undefined ? [] : [[`${book.name} export`, book.export.directory] as const]),
  ])
  return [...(databaseFolder === null ? [] : [['database', databaseFolder] as const]), ...ofBooks]
}

/** The folder itself, or the nearest one above it that exists. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}

function sizeText(bytes: number): string {
  return bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`
}

/** This machine's clock against each answer's Date header. */
export function checkClocks({ probes }: Patient): readonly Finding[] {
  return probes.flatMap(({ book, source, clock }) => {
    if (clock === null) return []
    const about = `${book}/${source}`
    const offMs = clock.oursMs - clock.theirsMs
    const sizeMs = Math.max(0, Math.abs(offMs) - HEADER_ERROR_MS)
    const says = `this machine's clock is ${Math.round(Math.abs(offMs) / 1000)} s ${offMs > 0 ? 'ahead of' : 'behind'} that of ${source}.`
    const next =
      'Let the system set its clock (systemd-timesyncd, chrony); if only one source differs, its clock is wrong.'
    if (sizeMs > FAR_OFF_MS) return fail(about, says, next)
    return sizeMs > OFF_MS ? warn(about, says, next) : ok(about, 'the clocks agree')
  })
}

const YEAR_MS = 365.25 * 86_400_000

/** Zones are known by name, and the table they come from knows summer time and is not years old. */
export function checkTimeZones({ config, nowMs }: Patient, version = process.versions['tz'] ?? ''): readonly Finding[] {
  const zones = new Set(
    config.books.flatMap((book) => [book.timeZone, ...book.sources.map(({ timeZone }) => timeZone)]),
  )
  const unknown = [...zones].filter((zone) => !isTimeZone(zone))
  const summer = Date.UTC(2026, 6, 1, 22)
  const isWhole =
    isoDateInZone(summer, 'Europe/Berlin') === '2026-07-02' && startOfDayMs('2026-07-02', 'Europe/Berlin') === summer
  const next = 'Install Node.js with full time zone data; the repository brings one.'
  if (unknown.length > 0) return [fail(unknown.join(', '), 'this Node.js does not know the zone.', next)]
  if (!isWhole) return [fail('', 'this Node.js has no summer time of Europe/Berlin.', next)]
  const year = Number(/^\d{4}/.exec(version)?.[0] ?? Number.NaN)
  const ageYears = (nowMs - Date.UTC(year, 0, 1)) / YEAR_MS
  if (ageYears > 3)
    return [warn('', `the time zone data is of ${version}; rules have changed since.`, 'Install a newer Node.js.')]
  return [ok('', `time zone data ${version === '' ? 'of the system' : version}`)]
}
