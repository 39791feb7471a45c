import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../../test/fixtures/temp-folder.js'
import { newChat } from './chats.js'
import { WorkspaceRegistry } from './registry.js'
import { isProjectName, slugOf } from './slug.js'

describe('slugOf', () => {
  test.each([
    ['Support bot', 'support-bot'],
    ['A_b  -  C', 'a-b-c'],
    ['x-', 'x'],
    ['0', '0'],
    ['CON', 'con-project'],
  ])('%s gives %s', (name, slug) => {
    expect(isProjectName(name)).toBe(true)
    expect(slugOf(name)).toBe(slug)
    expect(slugOf(name, 3)).toBe(`${slug}-3`)
  })

  test.each(['', ' x', '_x', '-rf', '../x', 'a/b', 'a\nb', 'caf\u00e9', 'a'.repeat(101), 'x\u202E'])(
    '%j is no project name',
    (name) => {
      expect(isProjectName(name)).toBe(false)
    },
  )
})

describe('WorkspaceRegistry', () => {
  test('makes the folder of a project with its file, for the owner only', async () => {
    const workspace = tempFolder()
    const project = await new WorkspaceRegistry(workspace).create({
      name: 'Support bot',
      defaultModel: 'gpt-4o',
    })
    const root = join(workspace, 'projects', 'support-bot')
    expect(project).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Support bot',
      slug: 'support-bot',
      status: 'active',
      createdAt: project.updatedAt,
      updatedAt: expect.stringMatching(/Z$/),
      defaultModel: 'gpt-4o',
      paths: { root, chatsDir: join(root, 'chats'), logsDir: join(root, 'logs') },
    })
    expect(JSON.parse(readFileSync(join(root, 'project.json'), 'utf8'))).toMatchObject({
      id: project.id,
      default_model: 'gpt-4o',
      paths: { root: '.', chats_dir: 'chats', logs_dir: 'logs' },
    })
    expect([existsSync(project.paths.logsDir), existsSync(project.paths.chatsDir)]).toEqual([true, true])
  })

  test('gives each of 20 projects with one name made at once its own slug', async () => {
    const workspace = tempFolder()
    const registries = [new WorkspaceRegistry(workspace), new WorkspaceRegistry(workspace)]
    const projects = await Promise.all(
      Array.from({ length: 20 }, (_, i) => registries[i % 2]?.create({ name: 'Same' })),
    )
    expect(new Set(projects.map((project) => project?.slug)).size).toBe(20)
    expect(await new WorkspaceRegistry(workspace).list()).toHaveLength(20)
  })

  test('finds what another process made, and after the workspace was moved', async () => {
    const workspace = tempFolder()
    const registry = new WorkspaceRegistry(workspace)
    expect(await registry.find('nobody')).toBeUndefined()
    const { id } = await new WorkspaceRegistry(workspace).create({ name: 'Other' })
    expect(await registry.find(id)).toMatchObject({ id, slug: 'other' })
    const moved = `${workspace}/moved`
    mkdirSync(moved)
    renameSync(join(workspace, 'projects'), join(moved, 'projects'))
    expect((await new WorkspaceRegistry(moved).find(id))?.paths.root).toBe(join(moved, 'projects', 'other'))
  })

  test('tells once of a folder with logs and no readable file, and forgets it when it is mended', async () => {
    const workspace = tempFolder()
    const told: string[] = []
    const registry = new WorkspaceRegistry(workspace, (path) => told.push(path))
    const { paths } = await registry.create({ name: 'Good' })
    const file = join(paths.root, 'project.json')
    const text = readFileSync(file, 'utf8')
    writeFileSync(join(paths.logsDir, 'llm_requests.jsonl'), '{}\n')
    writeFileSync(file, '{bad')
    expect([await registry.list(), await registry.list()]).toEqual([[], []])
    expect([told, registry.unreadable]).toEqual([[paths.root], [paths.root]])
    writeFileSync(file, text)
    expect(await registry.list()).toHaveLength(1)
    expect(registry.unreadable).toEqual([])
    writeFileSync(file, '{bad')
    await registry.list()
    rmSync(paths.logsDir, { recursive: true })
    await registry.list()
    expect(registry.unreadable).toEqual([])
  })

  test('takes no file beside the projects for one', async () => {
    const workspace = tempFolder()
    const registry = new WorkspaceRegistry(workspace, () => undefined)
    await registry.create({ name: 'Good' })
    writeFileSync(join(workspace, 'projects', '.DS_Store'), 'x')
    expect(await registry.list()).toHaveLength(1)
    expect(registry.unreadable).toEqual([])
  })

  test('passes over folders whose file is damaged', async () => {
    const workspace = tempFolder()
    const registry = new WorkspaceRegistry(workspace)
    const { id } = await registry.create({ name: 'Good' })
    const bad = await registry.create({ name: 'Bad' })
    writeFileSync(join(bad.paths.root, 'project.json'), '{')
    mkdirSync(join(workspace, 'projects', 'empty'))
    expect((await new WorkspaceRegistry(workspace).list()).map((project) => project.id)).toEqual([id])
  })

  test.each([
    ['a bad name', { name: '../x' }, 'INVALID_NAME'],
    ['no name', {}, 'INVALID_NAME'],
  ])('refuses %s and makes nothing', async (_, input, code) => {
    const workspace = tempFolder()
    await expect(new WorkspaceRegistry(workspace).create(input as { name: string })).rejects.toMatchObject({
      code,
    })
    expect(existsSync(join(workspace, 'projects'))).toBe(false)
  })

  test('a workspace that cannot be written is an error with its path', async () => {
    const file = join(tempFolder(), 'file')
    writeFileSync(file, '')
    await expect(new WorkspaceRegistry(file).create({ name: 'X' })).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_WRITABLE',
      path: join(file, 'projects'),
    })
  })
})

describe('newChat', () => {
  const chat = newChat({ projectId: 'p', name: 'Refund', id: 'Refund-1' }, new Map())

  test('is complete', () => {
    expect(chat).toEqual({
      id: 'Refund-1',
      projectId: 'p',
      name: 'Refund',
      status: 'active',
      createdAt: chat.updatedAt,
      updatedAt: expect.stringMatching(/Z$/),
      forkedFromChatId: null,
      forkedAtMessageId: null,
      storagePath: 'chats/Refund-1.jsonl',
    })
  })

  test.each([
    ['an empty name', { name: '' }, 'INVALID_NAME'],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, 'INVALID_NAME'],
    ['an id that climbs', { id: '../x' }, 'INVALID_CHAT_ID'],
    ['an id that is taken', { id: 'Refund-1' }, 'INVALID_CHAT_ID'],
    ['an id that differs in case only', { id: 'refund-1' }, 'INVALID_CHAT_ID'],
    ['a fork of a bad id', { forkedFromChatId: 'a/b' }, 'INVALID_CHAT_ID'],
  ])('refuses %s', (_, more, code) => {
    const make = () => newChat({ projectId: 'p', name: 'x', ...more }, new Map([[chat.id, chat]]))
    expect(make).toThrow(expect.objectContaining({ code }))
  })
})
