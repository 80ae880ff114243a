<%@ WebService Language="C#" Class="Dfs" %>
