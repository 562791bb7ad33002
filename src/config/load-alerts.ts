/** From the checked `alerts` section to what the program works with: amounts as units, secrets as references. */
import { unitsOf } from '../domain/money/money.ts'
import type { AlertRules } from '../domain/alerts/alert.ts'
import type { AlertsConfig, ChannelConfig } from './alert-model.ts'
import type { ParsedAlerts } from './alert-schema.ts'
import type { SecretReference } from './model.ts'

type ParsedChannel = ParsedAlerts['channels'][number]
type ParsedSecret = Extract<ParsedChannel, { readonly type: 'slack' }>['webhookUrl']
/** Makes a reference that knows where in the file it stands. */
type Reference = (secret: ParsedSecret, path: readonly PropertyKey[]) => SecretReference

const HOUR_MS = 3_600_000

export function toAlerts({ repeatAfterHours, channels, rules }: ParsedAlerts, reference: Reference): AlertsConfig {
  return {
    repeatAfterMs: repeatAfterHours * HOUR_MS,
    channels: channels.map((channel, index) =>
      toChannel(channel, (secret, key) => reference(secret, ['alerts', 'channels', index, key])),
    ),
    rules: toRules(rules),
  }
}

function toChannel(
  channel: ParsedChannel,
  reference: (secret: ParsedSecret, key: string) => SecretReference,
): ChannelConfig {
  switch (channel.type) {
    case 'slack':
    case 'discord':
      return { ...channel, webhookUrl: reference(channel.webhookUrl, 'webhookUrl') }
    case 'webhook':
      return {
        ...channel,
        webhookUrl: reference(channel.webhookUrl, 'webhookUrl'),
        authorization: channel.authorization && reference(channel.authorization, 'authorization'),
        body: channel.body,
      }
    case 'email':
      return {
        ...channel,
        user: channel.user,
        password: channel.password && reference(channel.password, 'password'),
      }
  }
}

function toRules(rules: ParsedAlerts['rules']): AlertRules {
  const { walletBelow, exceptionsOpen, proofDiffers } = rules
  return {
    runFailed: orNull(rules.runFailed),
    runLate: orNull(rules.runLate),
    sourceFailed: orNull(rules.sourceFailed),
    sourceStale: orNull(rules.sourceStale),
    walletBelow: Object.fromEntries(Object.entries(walletBelow).map(([source, text]) => [source, unitsOf(text)])),
    runway: orNull(rules.runway),
    clicksFell: orNull(rules.clicksFell),
    spendSpike: orNull(rules.spendSpike),
    exceptionsOpen:
      exceptionsOpen === false ? null : { ...exceptionsOpen, amountAbove: unitsOf(exceptionsOpen.amountAbove) },
    unconverged: orNull(rules.unconverged),
    connectionLost: orNull(rules.connectionLost),
    proofDiffers: proofDiffers === false ? null : { criticalAbove: unitsOf(proofDiffers.criticalAbove) },
  }
}

function orNull<T>(rule: T | false): T | null {
  return rule === false ? null : rule
}
