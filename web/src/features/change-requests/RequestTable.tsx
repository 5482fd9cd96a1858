import { TriangleDownIcon, TriangleUpIcon } from '@primer/octicons-react';
import { Link } from '@tanstack/react-router';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { StateChip } from '../../components/StateChip';
import { texts } from '../../texts';
import styles from './RequestTable.module.css';

/** What a list shows of a change request. */
export interface ShownRequest {
  id: number;
  title: string;
  project: string;
  /** The project's name, where requests of several are listed. */
  projectName?: string;
  environment: string;
  by: string;
  createdAt: string;
  state: string;
  /** The flags and segments that it changes. */
  names: string[];
}

export type SortKey = 'title' | 'createdAt' | 'environment' | 'state';

interface RequestTableProps {
  requests: ShownRequest[];
  sort?: { key: SortKey; order: 'asc' | 'desc'; choose: (key: SortKey) => void };
}

const columns: { key: SortKey; label: string }[] = [
  { key: 'title', label: texts.request.columns.title },
  { key: 'environment', label: texts.request.columns.environment },
  { key: 'createdAt', label: texts.request.columns.created },
  { key: 'state', label: texts.request.columns.state },
];

/** Change requests, one a row. */
export function RequestTable({ requests, sort }: RequestTableProps) {
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={texts.request.list}>
        <thead>
          <tr>
            {columns.map(({ key, label }) => {
              const on = sort?.key === key;
              return (
                <th
                  key={key}
                  scope="col"
                  className={styles[key]}
                  {...(sort ? { 'aria-sort': on ? (sort.order === 'asc' ? 'ascending' : 'descending') : 'none' } : {})}
                >
                  {sort ? (
                    <button type="button" className={styles.sort} aria-label={texts.flag.sort.label(label)} onClick={() => sort.choose(key)}>
                      {label}
                      {on && (sort.order === 'asc' ? <TriangleUpIcon /> : <TriangleDownIcon />)}
                    </button>
                  ) : (
                    label
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {requests.map((request) => (
            <tr key={request.id}>
              <td className={styles.title}>
                <Link
                  to="/projects/$projectId/change-requests/$id"
                  params={{ projectId: request.project, id: request.id }}
                  className={styles.link}
                >
                  {request.title}
                </Link>
                <p className={styles.facts}>
                  {texts.request.number(request.id)}
                  {request.projectName && <span>{request.projectName}</span>}
                  <span className={styles.names} title={request.names.join(', ')}>
                    {request.names.length > 2 ? texts.request.flagsMore(request.names[0] ?? '', request.names.length - 1) : request.names.join(', ')}
                  </span>
                </p>
              </td>
              <td className={styles.environment}>{request.environment}</td>
              <td className={styles.createdAt}>
                <span className={styles.by}>
                  <Avatar name={request.by} />
                  <Ago at={request.createdAt} />
                </span>
              </td>
              <td className={styles.state}>
                <StateChip state={request.state} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
