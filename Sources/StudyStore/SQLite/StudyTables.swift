/// The tables of a study: those of Optuna's storage in a relational database, as Optuna 5.0 makes them.
///
/// Source: optuna 5.0.0, `optuna/storages/_rdb/models.py`, at the revision `v3.2.0.a` of its migrations.
enum StudyTables {
  /// The version of the tables, by Optuna's old and new way of counting.
  static let schemaVersion = 12
  static let revision = "v3.2.0.a"
  /// The version of Optuna whose tables these are.
  static let optunaVersion = "5.0.0"

  /// The statements that make the tables.
  static let statements = [
    """
    CREATE TABLE studies (
      study_id INTEGER NOT NULL,
      study_name VARCHAR(512) NOT NULL,
      PRIMARY KEY (study_id)
    )
    """,
    """
    CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name)
    """,
    """
    CREATE TABLE version_info (
      version_info_id INTEGER NOT NULL,
      schema_version INTEGER,
      library_version VARCHAR(256),
      PRIMARY KEY (version_info_id),
      CHECK (version_info_id=1)
    )
    """,
    """
    CREATE TABLE study_directions (
      study_direction_id INTEGER NOT NULL,
      direction VARCHAR(8) NOT NULL,
      study_id INTEGER NOT NULL,
      objective INTEGER NOT NULL,
      PRIMARY KEY (study_direction_id),
      UNIQUE (study_id, objective),
      FOREIGN KEY(study_id) REFERENCES studies (study_id)
    )
    """,
    """
    CREATE TABLE study_user_attributes (
      study_user_attribute_id INTEGER NOT NULL,
      study_id INTEGER,
      "key" VARCHAR(512),
      value_json TEXT,
      PRIMARY KEY (study_user_attribute_id),
      UNIQUE (study_id, "key"),
      FOREIGN KEY(study_id) REFERENCES studies (study_id)
    )
    """,
    """
    CREATE TABLE study_system_attributes (
      study_system_attribute_id INTEGER NOT NULL,
      study_id INTEGER,
      "key" VARCHAR(512),
      value_json TEXT,
      PRIMARY KEY (study_system_attribute_id),
      UNIQUE (study_id, "key"),
      FOREIGN KEY(study_id) REFERENCES studies (study_id)
    )
    """,
    """
    CREATE TABLE trials (
      trial_id INTEGER NOT NULL,
      number INTEGER,
      study_id INTEGER,
      state VARCHAR(8) NOT NULL,
      datetime_start DATETIME,
      datetime_complete DATETIME,
      PRIMARY KEY (trial_id),
      FOREIGN KEY(study_id) REFERENCES studies (study_id)
    )
    """,
    """
    CREATE INDEX ix_trials_study_id ON trials (study_id)
    """,
    """
    CREATE TABLE trial_user_attributes (
      trial_user_attribute_id INTEGER NOT NULL,
      trial_id INTEGER,
      "key" VARCHAR(512),
      value_json TEXT,
      PRIMARY KEY (trial_user_attribute_id),
      UNIQUE (trial_id, "key"),
      FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
    )
    """,
    """
    CREATE TABLE trial_system_attributes (
      trial_system_attribute_id INTEGER NOT NULL,
      trial_id INTEGER,
      "key" VARCHAR(512),
      value_json TEXT,
      PRIMARY KEY (trial_system_attribute_id),
      UNIQUE (trial_id, "key"),
      FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
    )
    """,
    """
    CREATE TABLE trial_params (
      param_id INTEGER NOT NULL,
      trial_id INTEGER,
      param_name VARCHAR(512),
      param_value FLOAT,
      distribution_json TEXT,
      PRIMARY KEY (param_id),
      UNIQUE (trial_id, param_name),
      FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
    )
    """,
    """
    CREATE TABLE trial_values (
      trial_value_id INTEGER NOT NULL,
      trial_id INTEGER NOT NULL,
      objective INTEGER NOT NULL,
      value FLOAT,
      value_type VARCHAR(7) NOT NULL,
      PRIMARY KEY (trial_value_id),
      UNIQUE (trial_id, objective),
      FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
    )
    """,
    """
    CREATE TABLE trial_intermediate_values (
      trial_intermediate_value_id INTEGER NOT NULL,
      trial_id INTEGER NOT NULL,
      step INTEGER NOT NULL,
      intermediate_value FLOAT,
      intermediate_value_type VARCHAR(7) NOT NULL,
      PRIMARY KEY (trial_intermediate_value_id),
      UNIQUE (trial_id, step),
      FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
    )
    """,
    """
    CREATE TABLE trial_heartbeats (
      trial_heartbeat_id INTEGER NOT NULL,
      trial_id INTEGER NOT NULL,
      heartbeat DATETIME NOT NULL,
      PRIMARY KEY (trial_heartbeat_id),
      UNIQUE (trial_id),
      FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
    )
    """,
    """
    CREATE TABLE alembic_version (
      version_num VARCHAR(32) NOT NULL,
      CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    )
    """,
  ]

  /// The tables whose rows belong to a trial.
  static let ofTrials = [
    "trial_params", "trial_values", "trial_intermediate_values", "trial_user_attributes",
    "trial_system_attributes", "trial_heartbeats",
  ]
}
