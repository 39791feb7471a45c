/** Schemas that /openapi.json holds once, under their `$id`. */
import { BudgetSchema } from './budget.js'
import { ChatSchema } from './chat.js'
import { ErrorSchema } from './common.js'
import { EntrySchema, LogResultSchema } from './entry.js'
import { MessageSchema } from './message.js'
import { ProjectSchema } from './project.js'
import { ChatStatsSchema, MeasuresSchema, StatsSchema } from './stats.js'

export const SHARED_SCHEMAS = [
  ProjectSchema,
  ChatSchema,
  MessageSchema,
  EntrySchema,
  LogResultSchema,
  MeasuresSchema,
  StatsSchema,
  ChatStatsSchema,
  BudgetSchema,
  ErrorSchema,
]
