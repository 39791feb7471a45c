/** A project as HTTP shows it. */
import { isAbsolute, relative, sep } from 'node:path'
import { type Project, toSnakeCase } from '../index.js'

/** Paths are relative to the workspace, null outside of it: where the workspace is, is nobody's business here. */
export function projectAnswer(project: Project, workspace: string): unknown {
  const inWorkspace = (path: string): string => relative(workspace, path).split(sep).join('/')
  const { root, chatsDir, logsDir } = project.paths
  const shownRoot = inWorkspace(root)
  const isOutside = shownRoot === '..' || shownRoot.startsWith('../') || isAbsolute(shownRoot)
  const paths = isOutside
    ? null
    : { root: shownRoot, chatsDir: inWorkspace(chatsDir), logsDir: inWorkspace(logsDir) }
  return toSnakeCase({ ...project, paths })
}
