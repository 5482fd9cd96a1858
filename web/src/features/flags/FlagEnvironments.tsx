import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Flag, flagTagsQuery } from '../../client/flags';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { Chip } from '../../components/Chip';
import { texts } from '../../texts';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './FlagEnvironments.module.css';

/** A flag in each of its environments, and the facts about it beside them. */
export function FlagEnvironments({ flag }: { flag: Flag }) {
  const environments = flag.environments.toSorted((a, b) => a.sortOrder - b.sortOrder);
  return (
    <div className={styles.columns}>
      <div className={styles.environments}>
        {environments.map((environment) => (
          <EnvironmentCard key={environment.name} flag={flag} environment={environment} />
        ))}
      </div>
      <Facts flag={flag} />
    </div>
  );
}

function Facts({ flag }: { flag: Flag }) {
  const tags = useQuery(flagTagsQuery(flag.name));
  const seen = flag.environments
    .map((environment) => environment.lastSeenAt)
    .filter((time) => time !== null)
    .toSorted()
    .at(-1);
  return (
    <aside className={styles.facts} aria-label={texts.flag.facts}>
      <Fact name={texts.flag.tags}>
        {tags.data && tags.data.length > 0 ? (
          <span className={styles.tags}>
            {tags.data.map((tag) => (
              <Chip key={`${tag.type}:${tag.value}`}>{texts.flag.tag(tag.type, tag.value)}</Chip>
            ))}
          </span>
        ) : (
          <span className={styles.none}>{texts.none}</span>
        )}
      </Fact>
      {flag.dependencies.length > 0 && (
        <Fact name={texts.flag.dependsOn}>
          {flag.dependencies.map((parent) => (
            <FlagLink key={parent.feature} projectId={flag.project} name={parent.feature}>
              {!parent.enabled && <Chip>{texts.flag.off}</Chip>}
            </FlagLink>
          ))}
        </Fact>
      )}
      {flag.children.length > 0 && (
        <Fact name={texts.flag.neededBy}>
          {flag.children.map((child) => (
            <FlagLink key={child} projectId={flag.project} name={child} />
          ))}
        </Fact>
      )}
      {flag.links.length > 0 && (
        <Fact name={texts.flag.links}>
          {flag.links.map((link) => (
            <a key={link.id} href={link.url} rel="noreferrer noopener" target="_blank" className={styles.link}>
              {link.title ?? link.url}
            </a>
          ))}
        </Fact>
      )}
      <Fact name={texts.flag.createdLabel}>
        <span className={styles.by}>
          <Avatar name={flag.createdBy.name} size={18} />
          <Ago at={flag.createdAt} />
        </span>
      </Fact>
      <Fact name={texts.flag.lastSeen}>{seen ? <Ago at={seen} /> : <span className={styles.none}>{texts.flag.never}</span>}</Fact>
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section>
      <h2 className={styles.name}>{name}</h2>
      {children}
    </section>
  );
}

function FlagLink({ projectId, name, children }: { projectId: string; name: string; children?: ReactNode }) {
  return (
    <span className={styles.by}>
      <Link to="/projects/$projectId/features/$featureName" params={{ projectId, featureName: name }} className={styles.link}>
        {name}
      </Link>
      {children}
    </span>
  );
}
