/** Every route, in the order of the documentation. */
import type { Route } from './route.js'
import { appendMessage } from './routes/append-message.js'
import { chatStats } from './routes/chat-stats.js'
import { createChat } from './routes/create-chat.js'
import { createProject } from './routes/create-project.js'
import { getChat } from './routes/get-chat.js'
import { getLLMRequest } from './routes/get-llm-request.js'
import { getProject } from './routes/get-project.js'
import { globalStats } from './routes/global-stats.js'
import { healthz } from './routes/healthz.js'
import { listBudgets } from './routes/list-budgets.js'
import { listChats } from './routes/list-chats.js'
import { listLLMRequests } from './routes/list-llm-requests.js'
import { listMessages } from './routes/list-messages.js'
import { listProjects } from './routes/list-projects.js'
import { logLLMRequest } from './routes/log-llm-request.js'
import { openapiJson } from './routes/openapi-json.js'
import { projectStats } from './routes/project-stats.js'
import { root } from './routes/root.js'

export const ROUTES: readonly Route[] = [
  createProject,
  listProjects,
  getProject,
  createChat,
  listChats,
  getChat,
  appendMessage,
  listMessages,
  logLLMRequest,
  listLLMRequests,
  getLLMRequest,
  globalStats,
  projectStats,
  chatStats,
  listBudgets,
  healthz,
  openapiJson,
  root,
]
