import { describe, expect, it } from '@jest/globals'
import { cacheDir } from './cache.ts'
import { withoutModuleName } from './elasticsearch.ts'
import { allowWarnings, replaceFlags } from './influxd.ts'
import { renderPom } from './maven.ts'

describe('cacheDir', () => {
  it('is the first of PEGEL_CACHE_DIR, XDG_CACHE_HOME and the home directory', () => {
    expect(cacheDir({ PEGEL_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c')
    expect(cacheDir({ PEGEL_CACHE_DIR: '', XDG_CACHE_HOME: '/x' })).toBe('/x/pegel')
    expect(cacheDir({})).toMatch(/\/\.cache\/pegel$/)
  })
})

describe('recipes', () => {
  it('lets Rust warn', () => {
    expect(allowWarnings('#![cfg_attr(feature = "strict", deny(warnings, missing_docs))]')).toBe(
      '#![cfg_attr(feature = "strict", allow(warnings))]',
    )
  })

  it('repeats replace directives, with and without versions', () => {
    const goMod = 'module m\n\nreplace a.org/b v1.0.0 => c.org/b v1.1.0\nreplace a.org/d => ../d\n'
    expect(replaceFlags(goMod)).toEqual(['-replace=a.org/b@v1.0.0=c.org/b@v1.1.0', '-replace=a.org/d=../d'])
  })

  it('drops only the module name of a plug-in descriptor', () => {
    expect(withoutModuleName('name=n\nmodulename=org.x\nclassname=c\n')).toBe('name=n\nclassname=c\n')
  })

  it('writes Maven coordinates', () => {
    expect(renderPom(['g:a:1'])).toContain(
      '<dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version></dependency>',
    )
  })
})
