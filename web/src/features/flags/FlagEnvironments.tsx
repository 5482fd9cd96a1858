import { ActionIcon, Tooltip } from '@mantine/core';
import { PencilIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useProtection } from '../../client/change-requests';
import { type Flag, flagTagsQuery } from '../../client/flags';
import { useMay } from '../../client/me';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { Chip } from '../../components/Chip';
import { formatTime } from '../../components/time';
import { texts } from '../../texts';
import { DependencyForm } from './DependencyForm';
import { EnvironmentCard } from './EnvironmentCard';
import styles from './FlagEnvironments.module.css';
import { LinkForm } from './LinkForm';
import { flagTexts } from '../../texts/flags';

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
  const may = useMay();
  const guarded = useProtection(flag.project).anywhere !== undefined;
  const mayEdit = !flag.archived && may('UPDATE_FEATURE', flag.project);
  // Anybody may propose. A flag that others depend on depends on none itself.
  const mayDepend = !flag.archived && flag.children.length === 0 && (guarded || may('UPDATE_FEATURE_DEPENDENCY', flag.project));
  const [asking, setAsking] = useState<'dependency' | 'link' | null>(null);
  const [link, setLink] = useState<Flag['links'][number] | undefined>();
  const close = () => {
    setAsking(null);
    setLink(undefined);
  };
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
      <Fact
        name={texts.flag.dependsOn}
        action={mayDepend && <FactButton label={flagTexts.dependency.edit} icon={<PencilIcon size={12} />} onClick={() => setAsking('dependency')} />}
      >
        {flag.dependencies.map((parent) => (
          <FlagLink key={parent.feature} projectId={flag.project} name={parent.feature}>
            {!parent.enabled && <Chip>{texts.flag.off}</Chip>}
            {parent.variants && parent.variants.length > 0 && <Chip>{flagTexts.dependency.withVariants(parent.variants)}</Chip>}
          </FlagLink>
        ))}
        {flag.dependencies.length === 0 && <span className={styles.none}>{texts.none}</span>}
      </Fact>
      {flag.children.length > 0 && (
        <Fact name={texts.flag.neededBy}>
          {flag.children.map((child) => (
            <FlagLink key={child} projectId={flag.project} name={child} />
          ))}
        </Fact>
      )}
      <Fact
        name={texts.flag.links}
        action={mayEdit && <FactButton label={flagTexts.link.add} icon={<PlusIcon size={12} />} onClick={() => setAsking('link')} />}
      >
        {flag.links.map((link) => (
          <span key={link.id} className={styles.by}>
            <a href={link.url} rel="noreferrer noopener" target="_blank" className={styles.link}>
              {link.title ?? link.url}
            </a>
            {mayEdit && (
              <FactButton
                label={flagTexts.link.edit(link.title ?? link.url)}
                icon={<PencilIcon size={12} />}
                onClick={() => {
                  setLink(link);
                  setAsking('link');
                }}
              />
            )}
          </span>
        ))}
        {flag.links.length === 0 && <span className={styles.none}>{texts.none}</span>}
      </Fact>
      {flag.lifecycle && (
        <Fact name={flagTexts.stage.label}>
          <span>
            {flagTexts.stage.names[flag.lifecycle.stage]}
            {flag.lifecycle.status && `, ${flagTexts.complete.outcomes[flag.lifecycle.status] ?? flag.lifecycle.status}`} {flagTexts.stage.sinceDay}{' '}
            <time dateTime={flag.lifecycle.enteredStageAt} data-tip={formatTime(flag.lifecycle.enteredStageAt, 'exact')}>
              {formatTime(flag.lifecycle.enteredStageAt, 'day')}
            </time>
          </span>
        </Fact>
      )}
      <Fact name={texts.flag.createdLabel}>
        <span className={styles.by}>
          <Avatar name={flag.createdBy.name} size={18} />
          <Ago at={flag.createdAt} />
        </span>
      </Fact>
      <Fact name={texts.flag.lastSeen}>{seen ? <Ago at={seen} /> : <span className={styles.none}>{texts.flag.never}</span>}</Fact>
      {asking === 'dependency' && <DependencyForm flag={flag} onClose={close} />}
      {asking === 'link' && <LinkForm flag={flag} link={link} onClose={close} />}
    </aside>
  );
}

function Fact({ name, action, children }: { name: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section>
      <h2 className={styles.name}>
        {name}
        {action}
      </h2>
      {children}
    </section>
  );
}

function FactButton({ label, icon, onClick }: { label: string; icon: ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={24} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
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
