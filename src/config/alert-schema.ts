/**
 * The shape of the `alerts` section: channels to speak through and the thresholds of each rule. A rule that is left out
 * works with its defaults, `false` switches it off.
 */
import * as z from 'zod'
import { ENDS_SOON_DAYS } from '../domain/alerts/connection-health.ts'
import { parseMoney } from '../domain/money/money.ts'
import { count, name, secret } from './schema-parts.ts'

const amount = z
  .string('put the amount in quotes, such as "50.00"')
  .refine((text) => parseMoney(text).ok && !text.trim().startsWith('-'), 'not an amount; write it as "50.00"')

const channelCommon = {
  name,
  severity: z
    .enum(['warning', 'critical'], 'warning (everything) or critical (only what is urgent)')
    .default('warning'),
}

export const slackSchema = z.strictObject({ ...channelCommon, type: z.literal('slack'), webhookUrl: secret })
export const discordSchema = z.strictObject({ ...channelCommon, type: z.literal('discord'), webhookUrl: secret })

export const webhookSchema = z.strictObject({
  ...channelCommon,
  type: z.literal('webhook'),
  webhookUrl: secret,
  /** The value of the Authorization header. */
  authorization: secret.optional(),
  contentType: z
    .enum(
      ['application/json', 'application/x-www-form-urlencoded', 'text/plain'],
      'application/json, application/x-www-form-urlencoded or text/plain',
    )
    .default('application/json'),
  body: z.string('a text with places such as {{title}}').min(1, 'a body cannot be empty; leave it out').optional(),
})

const address = z
  .string('an e-mail address is text')
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'not an e-mail address; write it as name@example.com')

export const emailSchema = z.strictObject({
  ...channelCommon,
  type: z.literal('email'),
  host: z
    .string('the name of the mail server')
    .regex(/^[A-Za-z0-9.:-]+$/, 'not a host name; write it as smtp.example.com'),
  port: count(1, 65_535).default(587),
  tls: z
    .enum(
      ['starttls', 'implicit', 'none'],
      'starttls (usual, port 587), implicit (port 465) or none (this machine only)',
    )
    .default('starttls'),
  user: z.string('a user is text').min(1, 'a user cannot be empty; leave it out').optional(),
  password: secret.optional(),
  from: address,
  to: z.array(address, 'a list of addresses, such as [books@example.com]').min(1, 'name at least one address'),
})

const channel = z.discriminatedUnion(
  'type',
  [slackSchema, discordSchema, webhookSchema, emailSchema],
  'a channel has type: slack, discord, email or webhook',
)

const OFF_OR = 'false, or a mapping of its thresholds'
const rule = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.union([z.literal(false, OFF_OR), z.strictObject(shape)], OFF_OR)
const number = (above: number, most: number) =>
  z.number(`a number above ${above}, up to ${most}`).gt(above, `more than ${above}`).max(most, `at most ${most}`)

/** Hours are at most ten years: more is a mistake. */
const MOST_HOURS = 87_600

export const ruleShapes = {
  runFailed: {},
  runLate: { graceMinutes: count(1, 10_080).default(120) },
  sourceFailed: {},
  sourceStale: { hours: number(0, MOST_HOURS).default(36) },
  runway: { days: number(0, 366).default(3) },
  clicksFell: { percent: number(0, 100).default(50) },
  spendSpike: { factor: number(1, 1000).default(5) },
  exceptionsOpen: { olderThanDays: number(0, 3660).default(5), amountAbove: amount.default('250.00') },
  unconverged: { hours: number(0, MOST_HOURS).default(36) },
  proofDiffers: { criticalAbove: amount.default('25.00') },
  connectionLost: { days: number(0, 366).default(ENDS_SOON_DAYS) },
} as const

export const rulesSchema = z.strictObject({
  runFailed: rule(ruleShapes.runFailed).prefault({}),
  runLate: rule(ruleShapes.runLate).prefault({}),
  sourceFailed: rule(ruleShapes.sourceFailed).prefault({}),
  sourceStale: rule(ruleShapes.sourceStale).prefault({}),
  walletBelow: z.record(z.string(), amount, 'a list of sources and amounts, such as { mypanel: "50.00" }').default({}),
  runway: rule(ruleShapes.runway).prefault({}),
  clicksFell: rule(ruleShapes.clicksFell).prefault({}),
  spendSpike: rule(ruleShapes.spendSpike).prefault({}),
  exceptionsOpen: rule(ruleShapes.exceptionsOpen).prefault({}),
  unconverged: rule(ruleShapes.unconverged).prefault({}),
  proofDiffers: rule(ruleShapes.proofDiffers).prefault({}),
  connectionLost: rule(ruleShapes.connectionLost).prefault({}),
})

export const alertsSchema = z.strictObject({
  repeatAfterHours: number(0, MOST_HOURS).default(24),
  channels: z.array(channel, 'a list of channels, each starting with "- name:"').default([]),
  rules: rulesSchema.prefault({}),
})

export type ParsedAlerts = z.output<typeof alertsSchema>
