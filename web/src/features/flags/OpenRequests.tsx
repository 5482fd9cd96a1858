import { ActionIcon, Menu } from '@mantine/core';
import { GitPullRequestIcon } from '@primer/octicons-react';
import { Link } from '@tanstack/react-router';
import { texts } from '../../texts';
import styles from './OpenRequests.module.css';

interface OpenRequestsProps {
  projectId: string;
  environment: string;
  ids: number[];
}

/** A mark beside a switch that open requests change the flag there, with links to them. */
export function OpenRequests({ projectId, environment, ids }: OpenRequestsProps) {
  if (ids.length === 0) return null;
  const label = texts.badge.open(ids.length, environment);
  return (
    <span className={styles.mark}>
      <Menu width={200}>
        <Menu.Target>
          <ActionIcon size={24} aria-label={label}>
            <GitPullRequestIcon size={14} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {ids.map((id) => (
            <Menu.Item
              key={id}
              renderRoot={(props) => <Link to="/projects/$projectId/change-requests/$id" params={{ projectId, id }} {...props} />}
            >
              {texts.request.defaultTitle(id)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
