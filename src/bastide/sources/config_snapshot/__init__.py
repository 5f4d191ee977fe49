"""What AWS Config has recorded: snapshots, histories and results of advanced queries, as resources of live accounts."""
