namespace LoadTesting.Operator.Lifecycle;

/// <summary>What a runner's Pod looks like from outside; the reconciler reduces the Pod's status to one of these.</summary>
public enum PodSight
{
    /// <summary>No object of that name.</summary>
    Absent,

    /// <summary>The API server refused to create it (quota, admission).</summary>
    Refused,

    /// <summary>Accepted, not yet running, nothing known against it.</summary>
    Pending,

    /// <summary>PodScheduled is False with reason Unschedulable.</summary>
    Unschedulable,

    /// <summary>A container waits with ErrImagePull, ImagePullBackOff or InvalidImageName.</summary>
    ImagePullFailing,

    /// <summary>Its container cannot be made: a Secret, ConfigMap or key that it names is missing, or the runtime refuses it.</summary>
    ContainerFailing,

    /// <summary>Its container runs.</summary>
    Running,

    /// <summary>The container ended by itself, or the Pod was evicted.</summary>
    Terminated,

    /// <summary>The container was killed with reason OOMKilled.</summary>
    OutOfMemory,

    /// <summary>It has a deletion timestamp.</summary>
    Deleting,
}
