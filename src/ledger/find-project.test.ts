import { expect, test } from 'vitest'
import { FileSystemError } from '../errors.js'
import type { Project } from '../workspace/project.js'
import { findProject } from './find-project.js'

const project = (id: string, name: string, slug: string): Project => ({
  id,
  name,
  slug,
  status: 'active',
  createdAt: '',
  updatedAt: '',
  defaultModel: null,
  paths: { root: '', chatsDir: '', logsDir: '' },
})
const PROJECTS = [
  project('p1', 'Support bot', 'support-bot'),
  project('p2', 'P1', 'p1'),
  project('p3', 'Search', 'search'),
]
const registry = (projects: Project[], unreadable: FileSystemError[] = []) => ({
  list: async () => projects,
  listUnreadable: async () => unreadable,
})

test.each([
  ['by its id, which a slug does not hide', 'p1', 'p1'],
  ['by its slug', 'search', 'p3'],
])('a project is found %s', async (_name, named, id) => {
  expect(await findProject(registry(PROJECTS), named)).toMatchObject({ id })
})

test.each([
  ['the nearest slugs', PROJECTS, 'suport-bot', '; did you mean support-bot?'],
  [
    'the slug of the project of this name',
    [...PROJECTS, project('p4', 'Old', 'x-9')],
    'Old',
    '; did you mean x-9?',
  ],
  ['all when they are few', PROJECTS, 'zzzzzzzzzzzzzzzzzzzz', '; there are support-bot, p1, search'],
  ['that there is none', [], 'a', '; there is no project yet'],
])('an unknown one is told with %s', async (_name, projects, named, end) => {
  await expect(findProject(registry(projects), named)).rejects.toMatchObject({
    code: 'PROJECT_NOT_FOUND',
    message: `no project has the id or slug ${JSON.stringify(named)}${end}`,
  })
})

test('one whose file is damaged is told so', async () => {
  const details = { operation: 'readProjects', path: '/w/projects/broken/project.json' }
  const damaged = new FileSystemError('PROJECT_UNREADABLE', 'broken', details)
  await expect(findProject(registry(PROJECTS, [damaged]), 'broken')).rejects.toBe(damaged)
})
