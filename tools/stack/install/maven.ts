import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { versions } from '../versions.ts'
import { run } from './run.ts'

/** group:artifact:version, as Maven writes it. */
export type Coordinate = `${string}:${string}:${string}`

export function renderPom(coordinates: readonly Coordinate[]): string {
  const dependencies = coordinates.map((coordinate) => {
    const [groupId, artifactId, version] = coordinate.split(':')
    return `    <dependency><groupId>${groupId ?? ''}</groupId><artifactId>${artifactId ?? ''}</artifactId><version>${version ?? ''}</version></dependency>`
  })
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>local</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`
}

export interface MavenJob {
  mvn: string
  coordinates: readonly Coordinate[]
  /** Gets the jars with everything they need. */
  libs: string
  logFile: string
}

export async function copyJars({ mvn, coordinates, libs, logFile }: MavenJob): Promise<void> {
  const project = `${libs}.pom`
  mkdirSync(project, { recursive: true })
  writeFileSync(join(project, 'pom.xml'), renderPom(coordinates))
  const goal = `org.apache.maven.plugins:maven-dependency-plugin:${versions.mavenDependencyPlugin}:copy-dependencies`
  await run(mvn, ['-B', '-ntp', goal, `-DoutputDirectory=${libs}`], { cwd: project, logFile })
  rmSync(project, { recursive: true })
}
