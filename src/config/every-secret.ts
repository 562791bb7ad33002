/** Every secret the configuration refers to, and whether all of them are there before something long is started. */
import { ConfigError } from '../domain/errors.ts'
import type { Secret } from '../http/secret.ts'
import type { Config, SecretReference } from './model.ts'
import { resolveSecret, type Environment } from './secrets.ts'

/** What it is for, such as "agency/netpanel webhook", and where it is to be found. */
export type NamedSecret = readonly [about: string, reference: SecretReference]

export function everySecret({ database, tokenKey, serve, books, alerts }: Config): readonly NamedSecret[] {
  const ofSources = books.flatMap((book) =>
    book.sources.flatMap(({ name, apiKey, webhookSecret }) => [
      [`${book.name}/${name}`, apiKey] as const,
      ...(webhookSecret === undefined ? [] : [[`${book.name}/${name} webhook`, webhookSecret] as const]),
    ]),
  )
  const ofTargets = books.flatMap((book) =>
    book.targets.flatMap(({ name, clientId, clientSecret }) => [
      [`${book.name}/${name} client id`, clientId] as const,
      [`${book.name}/${name} client secret`, clientSecret] as const,
    ]),
  )
  const ofTokens = tokenKey === undefined ? [] : [['token key', tokenKey] as const]
  const ofReport = serve.reportPassword === undefined ? [] : [['report password', serve.reportPassword] as const]
  const ofChannels = (alerts?.channels ?? []).flatMap((channel) => {
    const references =
      channel.type === 'email'
        ? [channel.password]
        : channel.type === 'webhook'
          ? [channel.webhookUrl, channel.authorization]
          : [channel.webhookUrl]
    return references.flatMap((each) => (each === undefined ? [] : [[`alerts/${channel.name}`, each] as const]))
  })
  return [
    ...(database.from === 'url' ? [] : [['database', database] as const]),
    ...ofSources,
    ...ofTokens,
    ...ofTargets,
    ...ofReport,
    ...ofChannels,
  ]
}

/** Throws one ConfigError that names everything that is missing. */
export function requireSecrets(secrets: readonly NamedSecret[], env: Environment): readonly Secret[] {
  const missing: ConfigError[] = []
  const found = secrets.flatMap(([, reference]) => {
    try {
      return [resolveSecret(reference, env)]
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      missing.push(error)
      return []
    }
  })
  const [first] = missing
  if (first === undefined) return found
  if (missing.length === 1) throw first
  throw new ConfigError(
    first.code,
    `${missing.length} secrets are missing:\n${missing.map(({ message }) => `  ${message}`).join('\n')}`,
    'Set the variables in the environment of this command, and write the files, readable only by the user who runs tieout.',
  )
}
