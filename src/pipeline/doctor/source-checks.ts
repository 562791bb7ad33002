/** Checks of what the sources answered: the key is taken, the account is the one configured, the batch call is understood. */
import { fail, ok, warn, type Finding, type Patient } from './check.ts'

export function checkSources({ probes }: Patient): readonly Finding[] {
  return probes.map(({ book, source, answer }) =>
    answer.ok ? ok(`${book}/${source}`, answer.says) : fail(`${book}/${source}`, answer.says, answer.next),
  )
}

/** Which spelling of "many orders at once" a panel understands, against the one that is configured. */
export function checkDialects({ probes }: Patient): readonly Finding[] {
  return probes.flatMap(({ book, source, dialect, configuredDialect }) => {
    if (dialect === null || configuredDialect === null) return []
    const about = `${book}/${source}`
    const evidence = dialect.evidence.map(({ action, says }) => `${action}: ${says}`).join(' ')
    if (dialect.multiAction === null) {
      return warn(
        about,
        `answered neither multiStatus nor status with orders. ${evidence}`,
        'Ask the panel how many orders are asked about at once.',
      )
    }
    return dialect.multiAction === configuredDialect
      ? ok(about, `understands multiAction: ${configuredDialect}`)
      : fail(
          about,
          `does not understand ${configuredDialect}. ${evidence}`,
          `Write multiAction: ${dialect.multiAction} for this source.`,
        )
  })
}
