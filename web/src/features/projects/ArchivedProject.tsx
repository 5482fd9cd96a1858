import { useMay } from '../../client/me';
import { deleteProject, type Project, projectsQuery, reviveProject } from '../../client/projects';
import { Ago } from '../../components/Ago';
import { DeleteButton } from '../../components/DeleteButton';
import { MayButton } from '../../components/MayButton';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './ArchivedProject.module.css';
import { projectTexts } from '../../texts/projects';

/** A project that is put away: it can be brought back, or deleted. */
export function ArchivedProject({ project: { id, name, archivedAt } }: { project: Project }) {
  const may = useMay()('DELETE_PROJECT', id);
  const touches = [projectsQuery.queryKey];
  const revive = useWrite({ write: () => reviveProject(id), touches, said: projectTexts.revived(name) });
  return (
    <li className={styles.row}>
      <div className={styles.name}>
        <h2>{name}</h2>
        {archivedAt && (
          <p className={styles.when}>
            {texts.flag.archived} <Ago at={archivedAt} />
          </p>
        )}
      </div>
      <MayButton variant="default" may={may} why={projectTexts.mayNotDelete} loading={revive.isPending} onClick={() => revive.mutate()}>
        {projectTexts.revive}
      </MayButton>
      <DeleteButton
        may={may}
        why={projectTexts.mayNotDelete}
        title={projectTexts.removeTitle(name)}
        words={projectTexts.removeWords}
        act={projectTexts.removeAct(name)}
        write={() => deleteProject(id)}
        touches={touches}
        said={projectTexts.removed(name)}
      />
    </li>
  );
}
